/** How the farm does: what waits, and how fast it goes. */
package dev.longtake.gateway.figures;
