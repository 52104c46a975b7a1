/** The second face: films as the {@code /v1/videos} interface of open video engines knows them. */
package dev.longtake.gateway.videos;
