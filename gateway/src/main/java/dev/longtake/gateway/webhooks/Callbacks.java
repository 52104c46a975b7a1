package dev.longtake.gateway.webhooks;

import dev.longtake.contract.Json;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.gateway.webhooks.address.Signatures;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.security.SecureRandom;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whom single films tell of themselves. Lies beside the film's first plan and goes with it; the conditional put decides between replicas, and so they all know one secret. */
public final class Callbacks {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private final ObjectStore objects;
    private final SecureRandom random = new SecureRandom();

    public Callbacks(ObjectStore objects) {
        this.objects = objects;
    }

    /** Lets a film tell a URL. @return empty if it tells another already */
    public Optional<FilmCallback> claim(String tenant, String film, String url) {
        FilmCallback callback = new FilmCallback(Message.VERSION, url, Signatures.secret(random));
        if (objects.putIfAbsent(ObjectKeys.callback(tenant, film), Json.write(callback), "application/json")) {
            return Optional.of(callback);
        }
        return of(tenant, film).filter(c -> c.url().equals(url));
    }

    /** @throws dev.longtake.platform.store.StoreUnavailableException if nobody can say */
    public Optional<FilmCallback> of(String tenant, String film) {
        try {
            return Optional.of(Json.read(objects.get(ObjectKeys.callback(tenant, film)), FilmCallback.class));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (UnreadableMessageException e) {
            LOG.warn("the callback of film {} cannot be used: {}", film, e.getMessage());
            return Optional.empty();
        }
    }
}
