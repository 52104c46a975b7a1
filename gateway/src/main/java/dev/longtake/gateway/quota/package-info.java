/** What one tenant may have, beside the others. */
package dev.longtake.gateway.quota;
