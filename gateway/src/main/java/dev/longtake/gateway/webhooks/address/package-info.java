/** Where notifications may go, and how they are signed. Pure. */
package dev.longtake.gateway.webhooks.address;
