package dev.longtake.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FormBodyTest {
    private static final long SEED = Optional.ofNullable(System.getenv("LONGTAKE_FUZZ_SEED")).map(Long::parseLong).orElseGet(System::nanoTime);
    private static final int FORMS = 50_000;
    private static final String GOOD = """
            --b
            Content-Disposition: form-data; name="story"; filename="../../x"
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: binary
            Content-Length: 7

            A city.
            --b
            Content-Disposition: form-data; name="seed"

            7
            --b--
            """.replace("\n", "\r\n");
    private static final List<String> PIECES = List.of("\"", ";", "=", ":", "\r\n", "\r", "\n", "--", "--b", "--b--", "\0", "name", "filename", "filename*=utf-8''%zz", "charset=", "charset=x", "form-data", "boundary=c", "multipart/mixed",
            "Content-Type", "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: x", "\u00ff", " ");

    private static List<FormBody.Part> parts(String body) throws FormBody.MalformedException, IOException {
        return FormBody.parts(body.getBytes(StandardCharsets.ISO_8859_1), new MediaType("multipart", "form-data", Map.of("boundary", "b")), "multipart/form-data; boundary=b");
    }

    @Test
    void partsHaveTheirNamesFileNamesAndBytes() throws Exception {
        List<FormBody.Part> parts = parts(GOOD);
        assertThat(parts).extracting(FormBody.Part::name).containsExactly("story", "seed");
        assertThat(parts).extracting(FormBody.Part::isFile).containsExactly(true, false);
        assertThat(parts.get(0).bytes()).asString(StandardCharsets.UTF_8).isEqualTo("A city.");
    }

    @Test
    void aParameterWithoutAValueIsMalformed() {
        assertThatThrownBy(() -> parts(GOOD.replace("name=\"story\"", "name;\"story\""))).isInstanceOf(FormBody.MalformedException.class);
    }

    @Test
    void whateverAFormIsChangedToItIsReadOrMalformed() throws Exception {
        System.out.println("forms: seed " + SEED);
        Random random = new Random(SEED);
        int read = 0;
        int malformed = 0;
        for (int i = 0; i < FORMS; i++) {
            StringBuilder form = new StringBuilder(GOOD);
            for (int changes = 1 + random.nextInt(4); changes > 0 && form.length() > 0; changes--) {
                int at = random.nextInt(form.length());
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                switch (random.nextInt(4)) {
                    case 0 -> form.insert(at, piece);
                    case 1 -> form.replace(at, Math.min(form.length(), at + 1), piece);
                    case 2 -> form.delete(at, Math.min(form.length(), at + 1 + random.nextInt(20)));
                    default -> form.setCharAt(at, (char) random.nextInt(256));
                }
            }
            try {
                for (FormBody.Part part : parts(form.toString())) {
                    assertThat(part.name()).as("the name of a part, seed %d, %s", SEED, form).isNotNull();
                    assertThat(part.bytes()).as("the bytes of a part, seed %d, %s", SEED, form).isNotNull();
                }
                read++;
            } catch (FormBody.MalformedException e) {
                malformed++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", " + form, e);
            }
        }
        assertThat(read).as("some forms can still be read, seed %d", SEED).isPositive();
        assertThat(malformed).as("some cannot, seed %d", SEED).isPositive();
    }
}
