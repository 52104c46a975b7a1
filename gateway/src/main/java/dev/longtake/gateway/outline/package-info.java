/** What a story comes to, before it is submitted. */
package dev.longtake.gateway.outline;
