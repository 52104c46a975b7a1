/** What each segment of a film was made of, and by whom. */
package dev.longtake.gateway.lineage;
