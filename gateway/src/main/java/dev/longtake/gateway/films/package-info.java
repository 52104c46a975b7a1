/** What the gateway knows and does about films, without HTTP. */
package dev.longtake.gateway.films;
