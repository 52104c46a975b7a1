/** Sending what is to be told, until it is known there or too old. */
package dev.longtake.gateway.webhooks.delivery;
