/** Keys of the HTTP interface: made, listed, revoked. */
package dev.longtake.gateway.keys;
