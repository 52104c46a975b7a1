package dev.longtake.scheduler.streams;

import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A store that can be away, or hang. */
final class FlakyStore implements ObjectStore {
    private final ObjectStore store;
    volatile boolean away;
    volatile boolean hanging;

    FlakyStore(ObjectStore store) {
        this.store = store;
    }

    private ObjectStore there() {
        if (away) {
            throw new StoreUnavailableException("503", null);
        }
        try {
            while (hanging) {
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            throw new StoreUnavailableException("interrupted", e);
        }
        return store;
    }

    @Override
    public void put(String key, byte[] bytes, String contentType) {
        there().put(key, bytes, contentType);
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes, String contentType) {
        return there().putIfAbsent(key, bytes, contentType);
    }

    @Override
    public void putFile(String key, Path file, String contentType) {
        there().putFile(key, file, contentType);
    }

    @Override
    public byte[] get(String key) throws ObjectMissingException {
        return there().get(key);
    }

    @Override
    public InputStream open(String key, long offset, long length) throws ObjectMissingException {
        return there().open(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return there().head(key);
    }

    @Override
    public List<String> list(String prefix) {
        return there().list(prefix);
    }

    @Override
    public List<Listed> page(String prefix, String after, int limit) {
        return there().page(prefix, after, limit);
    }

    @Override
    public void delete(String key) {
        there().delete(key);
    }
}
