package dev.longtake.platform.memory;

import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** An object store in memory, for tests and simulations. Thread-safe. */
public final class MemoryObjectStore implements ObjectStore {
    private record Stored(byte[] bytes, String contentType, Instant modified) {}

    private final ConcurrentSkipListMap<String, Stored> objects = new ConcurrentSkipListMap<>();
    private final InstantSource clock;

    public MemoryObjectStore() {
        this(InstantSource.system());
    }

    /** @param clock the store's own */
    public MemoryObjectStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void put(String key, byte[] bytes, String contentType) {
        objects.put(key, new Stored(bytes.clone(), contentType, clock.instant()));
    }

    @Override
    public boolean putIfAbsent(String key, byte[] bytes, String contentType) {
        return objects.putIfAbsent(key, new Stored(bytes.clone(), contentType, clock.instant())) == null;
    }

    @Override
    public void putFile(String key, Path file, String contentType) {
        try {
            put(key, Files.readAllBytes(file), contentType);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public byte[] get(String key) throws ObjectMissingException {
        return stored(key).bytes().clone();
    }

    @Override
    public InputStream open(String key, long offset, long length) throws ObjectMissingException {
        byte[] bytes = stored(key).bytes();
        int from = (int) Math.min(offset, bytes.length);
        int to = length < 0 ? bytes.length : (int) Math.min(bytes.length, from + length);
        return new ByteArrayInputStream(Arrays.copyOfRange(bytes, from, to));
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return Optional.ofNullable(objects.get(key))
                .map(s -> new ObjectInfo(key, s.bytes().length, Integer.toHexString(Arrays.hashCode(s.bytes())), s.contentType(), s.modified()));
    }

    @Override
    public List<String> list(String prefix) {
        return objects.tailMap(prefix, true).keySet().stream().takeWhile(k -> k.startsWith(prefix)).toList();
    }

    @Override
    public List<Listed> page(String prefix, String after, int limit) {
        String from = after.compareTo(prefix) > 0 ? after : prefix;
        return objects.tailMap(from, from.equals(prefix)).entrySet().stream().takeWhile(e -> e.getKey().startsWith(prefix)).limit(limit)
                .map(e -> new Listed(e.getKey(), e.getValue().modified())).toList();
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    private Stored stored(String key) throws ObjectMissingException {
        Stored s = objects.get(key);
        if (s == null) {
            throw new ObjectMissingException(key);
        }
        return s;
    }
}
