/** What can be seen of a segment before its film is finished. */
package dev.longtake.gateway.segments;
