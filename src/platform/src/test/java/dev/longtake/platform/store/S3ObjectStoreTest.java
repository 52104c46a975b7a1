package dev.longtake.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.platform.Servers;
import dev.longtake.servers.EmbeddedS3;
import dev.longtake.servers.Ports;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3ObjectStoreTest extends ObjectStoreSuite {
    private static final EmbeddedS3 SERVER = Servers.get().store();
    private final S3ObjectStore store = connect("longtake", SERVER.credentials().secretKey());

    private static S3ObjectStore connect(String bucket, String secret) {
        return new S3ObjectStore(SERVER.endpoint(), "us-east-1", bucket, Optional.of(SERVER.credentials().accessKey()), Optional.of(secret), Duration.ofSeconds(1));
    }

    @Override
    ObjectStore store() {
        return store;
    }

    @Test
    void aBucketIsMadeWhenItIsMissing() throws Exception {
        S3ObjectStore fresh = connect("fresh-bucket", SERVER.credentials().secretKey());
        assertThat(fresh.head("a")).isEmpty();
        fresh.put("a", new byte[] {1}, "application/octet-stream");
        assertThat(fresh.get("a")).containsExactly(1);
    }

    @Test
    void aStoreThatIsAwayOrRefusesSaysSoInBoundedTime() throws Exception {
        S3ObjectStore away = new S3ObjectStore("http://127.0.0.1:" + Ports.claim("nobody", 0), "us-east-1", "bucket", Optional.of("a"), Optional.of("s"), Duration.ofMillis(500));
        long before = System.nanoTime();
        assertThatThrownBy(() -> away.put("a", new byte[1], "application/octet-stream")).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("cannot put a");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        assertThatThrownBy(() -> connect("longtake", "wrong").get("a")).isInstanceOf(StoreUnavailableException.class);
    }
}
