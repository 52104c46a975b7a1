/** Who asks, and as whose; what he may. */
package dev.longtake.gateway.access;
