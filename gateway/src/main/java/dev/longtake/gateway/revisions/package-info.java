/** Other scenes for films that there are: what of them would be rendered, and what is kept. */
package dev.longtake.gateway.revisions;
