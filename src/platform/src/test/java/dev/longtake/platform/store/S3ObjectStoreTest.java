package dev.longtake.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.platform.Servers;
import dev.longtake.servers.EmbeddedS3;
import dev.longtake.servers.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class S3ObjectStoreTest extends ObjectStoreSuite {
    private static final EmbeddedS3 SERVER = Servers.get().store();
    private final S3ObjectStore store = connect("longtake", SERVER.credentials().secretKey());

    private static S3ObjectStore connect(String bucket, String secret) {
        return new S3ObjectStore(SERVER.endpoint(), "us-east-1", bucket, Optional.of(SERVER.credentials().accessKey()), Optional.of(secret), S3ObjectStore.Waits.of(Duration.ofSeconds(1)));
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
        S3ObjectStore away = new S3ObjectStore("http://127.0.0.1:" + Ports.claim("nobody", 0), "us-east-1", "bucket", Optional.of("a"), Optional.of("s"), S3ObjectStore.Waits.of(Duration.ofMillis(500)));
        long before = System.nanoTime();
        assertThatThrownBy(() -> away.put("a", new byte[1], "application/octet-stream")).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("cannot put a");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        assertThatThrownBy(() -> connect("longtake", "wrong").get("a")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aLinkLetsAnybodyReadOneObjectForAWhile() throws Exception {
        store.put("links/film.mp4", "a film".getBytes(), "video/mp4");
        store.put("links/other.mp4", "another".getBytes(), "video/mp4");
        String disposition = "attachment; filename=\"a b.mp4\"; filename*=UTF-8''%C3%9C.mp4";
        URI link = links(Optional.of(SERVER.credentials().accessKey())).link("links/film.mp4", Duration.ofMinutes(5), "video/mp4", disposition).orElseThrow();
        HttpResponse<String> answer = get(link);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("a film");
        assertThat(answer.headers().firstValue("Content-Disposition")).contains(disposition);
        assertThat(get(URI.create(link.toString().replace("film.mp4?", "other.mp4?"))).statusCode()).as("another object").isEqualTo(403);
        assertThat(get(URI.create(link.toString().replaceAll("X-Amz-Expires=\\d+", "X-Amz-Expires=9999"))).statusCode()).as("a longer life").isEqualTo(403);
        URI brief = links(Optional.of(SERVER.credentials().accessKey())).link("links/film.mp4", Duration.ofSeconds(1), "video/mp4", disposition).orElseThrow();
        Thread.sleep(2_100);
        assertThat(get(brief).statusCode()).as("expired").isEqualTo(403);
        assertThat(links(Optional.empty()).link("links/film.mp4", Duration.ofMinutes(5), "video/mp4", disposition)).isEmpty();
    }

    private static S3Links links(Optional<String> accessKey) {
        return new S3Links(SERVER.endpoint(), "us-east-1", "longtake", accessKey, Optional.of(SERVER.credentials().secretKey()));
    }

    private static HttpResponse<String> get(URI uri) throws Exception {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
