/** Speaks to a farm over HTTP. */
package dev.longtake.farm.client;
