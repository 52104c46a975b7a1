package dev.longtake.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DispositionTest {
    private static final String FORM = "inline; filename=\"[A-Za-z0-9 ._-]+\\.mp4\"; filename\\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-F]{2})+\\.mp4";

    @Test
    void aNameIsWhatTheFilmIsCalled() {
        assertThat(Disposition.of("inline", "Ein Tag: Übersee", "id")).isEqualTo("inline; filename=\"Ein Tag_ _bersee.mp4\"; filename*=UTF-8''Ein%20Tag%3A%20%C3%9Cbersee.mp4");
        assertThat(Disposition.of("attachment", "  ", "0123")).isEqualTo("attachment; filename=\"0123.mp4\"; filename*=UTF-8''0123.mp4");
        assertThat(Disposition.of("inline", "映画 🎬", "id")).contains("filename*=UTF-8''%E6%98%A0%E7%94%BB%20%F0%9F%8E%AC.mp4");
    }

    @Test
    void nothingEndsTheHeaderOrTheNameInIt() {
        for (String title : new String[] {"a\"b", "a\r\nSet-Cookie: x=1", "a\\", "a;b", "a'b", "a*b", "a%b", "../../etc/passwd", ".hidden", "a\u2028b", "a\0b", "\ud800", "a\u202eb"}) {
            String header = Disposition.of("inline", title, "id");
            assertThat(header).as(title).matches(FORM);
            assertThat(header).doesNotContain("/").doesNotContain("\n").doesNotContain("filename=\".");
        }
    }

    /** The seed is printed. */
    @Test
    void everyTitleGivesAHeaderOfTheForm() {
        long seed = System.nanoTime();
        System.out.println("longtake.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder title = new StringBuilder("t");
            for (int n = random.nextInt(200); n > 0; n--) {
                title.appendCodePoint(random.nextInt(random.nextBoolean() ? 0x80 : 0x11000));
            }
            String header = Disposition.of("inline", title.toString(), "id");
            assertThat(header).as("seed %d", seed).matches(FORM);
            String decoded = URLDecoder.decode(header.substring(header.indexOf("''") + 2).replace("+", "%2B"), StandardCharsets.UTF_8);
            assertThat(decoded.codePoints().noneMatch(Character::isISOControl)).isTrue();
        }
    }
}
