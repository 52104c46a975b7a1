package dev.longtake.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every object store must do, run against each. */
abstract class ObjectStoreSuite {
    private final String prefix = "test/" + UUID.randomUUID() + "/";

    @TempDir
    Path dir;

    abstract ObjectStore store();

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatWasPutIsThere() throws Exception {
        store().put(prefix + "a", bytes("one"), "text/plain");
        store().put(prefix + "a", bytes("two"), "text/plain");
        assertThat(store().get(prefix + "a")).isEqualTo(bytes("two"));
        assertThat(store().head(prefix + "a").orElseThrow().bytes()).isEqualTo(3);
    }

    @Test
    void putIfAbsentNeverReplaces() throws Exception {
        assertThat(store().putIfAbsent(prefix + "a", bytes("one"), "text/plain")).isTrue();
        assertThat(store().putIfAbsent(prefix + "a", bytes("two"), "text/plain")).isFalse();
        assertThat(store().get(prefix + "a")).isEqualTo(bytes("one"));
    }

    @Test
    void whatIsMissingIsSaidToBeMissing() {
        assertThatThrownBy(() -> store().get(prefix + "none")).isInstanceOf(ObjectMissingException.class).hasMessageContaining("none");
        assertThatThrownBy(() -> store().open(prefix + "none", 0, -1)).isInstanceOf(ObjectMissingException.class);
        assertThat(store().head(prefix + "none")).isEmpty();
        store().delete(prefix + "none");
    }

    @Test
    void aRangeIsThatRange() throws Exception {
        store().put(prefix + "a", bytes("0123456789"), "text/plain");
        assertThat(read(2, 3)).isEqualTo("234");
        assertThat(read(7, -1)).isEqualTo("789");
        assertThat(read(0, -1)).isEqualTo("0123456789");
        assertThat(read(8, 100)).isEqualTo("89");
        assertThat(read(10, -1)).isEmpty();
        assertThat(read(3, 0)).isEmpty();
    }

    private String read(long offset, long length) throws Exception {
        try (InputStream in = store().open(prefix + "a", offset, length)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aLargeFileArrivesWhole() throws Exception {
        byte[] large = new byte[20 << 20];
        new Random(3).nextBytes(large);
        Path file = dir.resolve("large");
        Files.write(file, large);
        store().putFile(prefix + "large", file, "video/mp4");
        assertThat(store().get(prefix + "large")).isEqualTo(large);
        assertThat(store().head(prefix + "large").orElseThrow().contentType()).isEqualTo("video/mp4");
    }

    @Test
    void pagesGoThroughEverythingInOrder() {
        List<String> all = IntStream.range(0, 7).mapToObj(i -> prefix + "p/" + i).toList();
        all.forEach(key -> store().put(key, bytes(key), "text/plain"));
        store().put(prefix + "q", bytes("beside it"), "text/plain");
        List<String> seen = new ArrayList<>();
        List<ObjectStore.Listed> page = store().page(prefix + "p/", "", 3);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(3);
            page.forEach(o -> seen.add(o.key()));
            page = store().page(prefix + "p/", seen.get(seen.size() - 1), 3);
        }
        assertThat(seen).isEqualTo(all);
    }

    @Test
    void agesComeFromTheStoresClock() {
        store().put(prefix + "old", bytes("old"), "text/plain");
        Instant old = store().page(prefix, "", 1).get(0).modified();
        assertThat(Duration.between(old, store().head(prefix + "old").orElseThrow().modified()).abs()).isLessThan(Duration.ofSeconds(1));
        assertThat(Duration.between(old, Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void listingIsInOrderAndDeletingRemoves() {
        for (String name : List.of("b/2", "a", "b/1")) {
            store().put(prefix + name, bytes(name), "text/plain");
        }
        assertThat(store().list(prefix)).containsExactly(prefix + "a", prefix + "b/1", prefix + "b/2");
        store().delete(prefix + "b/1");
        assertThat(store().list(prefix + "b/")).containsExactly(prefix + "b/2");
    }
}
