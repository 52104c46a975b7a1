/** The gateway's face: resources, problems (RFC 9457), ranges. */
package dev.longtake.gateway.http;
