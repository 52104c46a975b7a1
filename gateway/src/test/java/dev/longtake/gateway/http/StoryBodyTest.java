package dev.longtake.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StoryBodyTest {
    private static final int IMAGE = 1 << 20;

    private static StoryBody read(String contentType, String body) throws IOException {
        return StoryBody.read(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)), contentType, IMAGE);
    }

    private static ProblemException.Body refused(String contentType, String body) {
        return catchThrowableOfType(ProblemException.class, () -> read(contentType, body)).body();
    }

    private static String form(String... parts) {
        StringBuilder form = new StringBuilder();
        for (String part : parts) {
            form.append("--b\r\nContent-Disposition: form-data; ").append(part).append("\r\n");
        }
        return form.append("--b--\r\n").toString();
    }

    @Test
    void textIsItself() throws Exception {
        assertThat(read("text/plain; charset=utf-8", "Où?").story()).isEqualTo("Où?".getBytes(StandardCharsets.UTF_8));
        assertThat(read("text/plain", "A.").fileName()).isEmpty();
        assertThat(read(null, "A.").fileName()).isEmpty();
    }

    @Test
    void jsonIsNeverReadAsProse() throws Exception {
        assertThat(read("application/json", "A.").fileName()).contains("story.json");
    }

    @Test
    void aFormHoldsAStoryAndItsSettings() throws Exception {
        StoryBody file = read("multipart/form-data; boundary=b", form("name=\"story\"; filename=\"a.json\"\r\nContent-Type: text/plain\r\n\r\n{}", "name=\"seed\"\r\n\r\n7"));
        assertThat(new String(file.story(), StandardCharsets.UTF_8)).isEqualTo("{}");
        assertThat(file.fileName()).contains("a.json");
        assertThat(file.fields()).containsOnlyKeys("seed");
        assertThat(file.fields().get("seed")).containsExactly("7");
        assertThat(new String(read("multipart/form-data; boundary=b", form("name=\"story\"\r\n\r\nA city.")).story(), StandardCharsets.UTF_8)).isEqualTo("A city.");
    }

    @Test
    void aFormMayHoldAPicture() throws Exception {
        StoryBody body = read("multipart/form-data; boundary=b", form("name=\"story\"\r\n\r\nA.", "name=\"start_image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nbytes"));
        assertThat(body.image()).hasValueSatisfying(i -> assertThat(new String(i, StandardCharsets.UTF_8)).isEqualTo("bytes"));
        assertThat(body.fields()).isEmpty();
        assertThat(read("text/plain", "A.").image()).isEmpty();
        String image = "name=\"start_image\"\r\n\r\nx";
        assertThat(refused("multipart/form-data; boundary=b", form("name=\"story\"\r\n\r\nA.", image, image)).errors().get(0).field()).isEqualTo("start_image");
        String large = form("name=\"story\"\r\n\r\nA.", "name=\"start_image\"\r\n\r\n" + "x".repeat(6 << 20));
        assertThat(refused("multipart/form-data; boundary=b", large)).satisfies(b -> assertThat(b.status()).isEqualTo(413)).satisfies(b -> assertThat(b.errors().get(0).field()).isEqualTo("start_image"));
    }

    @Test
    void aFormWithoutExactlyOneStoryIsRefused() {
        assertThat(refused("multipart/form-data; boundary=b", form("name=\"seed\"\r\n\r\n7")).errors().get(0).field()).isEqualTo("story");
        assertThat(refused("multipart/form-data; boundary=b", form("name=\"story\"\r\n\r\nA.", "name=\"story\"\r\n\r\nB.")).errors().get(0).field()).isEqualTo("story");
        assertThat(refused("multipart/form-data; boundary=b", "nonsense").status()).isEqualTo(400);
        assertThat(refused("multipart/form-data", "nonsense").status()).isEqualTo(400);
    }

    @Test
    void otherTypesAndEncodingsAreRefused() {
        assertThat(refused("application/xml", "<a/>").status()).isEqualTo(415);
        assertThat(refused("rubbish", "A.").status()).isEqualTo(415);
        assertThat(refused("text/plain; charset=utf-16", "A.").errors().get(0).field()).isEqualTo("Content-Type");
        assertThat(refused("text/plain; charset=klingon", "A.").status()).isEqualTo(400);
    }

    @Test
    void aBodyOfAnySizeIsHeldOnlyUpToTheLimit() throws IOException {
        InputStream endless = new InputStream() {
            private long given;

            @Override
            public int read() {
                return 'a';
            }

            @Override
            public int read(byte[] b, int off, int len) {
                given += len;
                if (given > 200L << 20) {
                    throw new IllegalStateException("read past every limit");
                }
                return len;
            }
        };
        for (String type : new String[] {"text/plain", "multipart/form-data; boundary=b"}) {
            assertThat(catchThrowableOfType(ProblemException.class, () -> StoryBody.read(endless, type, IMAGE)).body().status()).isEqualTo(413);
        }
    }
}
