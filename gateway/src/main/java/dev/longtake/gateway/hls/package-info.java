/** Films watched while they are rendered: playlists (HLS, RFC 8216 and its second edition) and the fragments that they name. */
package dev.longtake.gateway.hls;
