package dev.longtake.contract.webhook;

import dev.longtake.contract.Message;

/**
 * Whom a film tells of itself, beside the tenant's endpoints.
 *
 * @param url    where to
 * @param secret {@code whsec_} and the base64 of the key that the notifications are signed with
 */
public record FilmCallback(int version, String url, String secret) implements Message {}
