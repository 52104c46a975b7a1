/** Telling others what happens to films: who wants to know, what is told, and that it is. */
package dev.longtake.gateway.webhooks;
