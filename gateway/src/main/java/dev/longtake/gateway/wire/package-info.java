/** Connections, below HTTP: who sends or takes too slowly is cut off. */
package dev.longtake.gateway.wire;
