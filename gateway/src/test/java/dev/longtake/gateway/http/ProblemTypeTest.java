package dev.longtake.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTypeTest {
    /** From the class path, as the gateway shows it. */
    @ParameterizedTest
    @EnumSource
    void everyKindHasAPageThatSaysWhatToDo(ProblemType type) throws IOException {
        try (InputStream page = ProblemType.class.getResourceAsStream("/META-INF/resources" + ProblemType.page(type.type()))) {
            assertThat(page).as("docs/problems/%s.md", type.kind()).isNotNull();
            String text = new String(page.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).startsWith("# ").contains("`" + type.type() + "`, HTTP " + type.status()).contains("**What to do:**");
        }
    }

    @Test
    void thereIsNoPageForWhatThereIsNot() throws IOException {
        try (Stream<Path> pages = Files.list(Path.of("../docs/problems"))) {
            assertThat(pages.map(p -> p.getFileName().toString())).containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values()).map(t -> t.kind() + ".md").toList());
        }
    }
}
