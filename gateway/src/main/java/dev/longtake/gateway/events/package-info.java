/** What happens to films, told as it happens, and from where a listener left off. {@link dev.longtake.gateway.events.EventHub} is its door. */
package dev.longtake.gateway.events;
