package dev.longtake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationTest {
    /** Paths, methods and names of the HTTP description: {@code GET /v1/films listFilms}. */
    private static List<String> described() throws IOException {
        List<String> all = new ArrayList<>();
        try (InputStream in = OperationTest.class.getResourceAsStream("/META-INF/openapi.yaml")) {
            String path = "";
            String method = "";
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
                if (line.matches(" {2}/\\S+:")) {
                    path = line.strip().replaceAll(":$", "");
                } else if (line.matches(" {4}(get|put|post|delete|patch|head|options):")) {
                    method = line.strip().replaceAll(":$", "").toUpperCase(java.util.Locale.ROOT);
                } else if (line.matches(" {6}operationId: \\S+")) {
                    all.add(method + " " + path + " " + line.strip().substring("operationId: ".length()));
                } else if (line.startsWith("components:")) {
                    break;
                }
            }
        }
        return all;
    }

    /** A new endpoint has to say who may use it, and what is gone from the interface goes from the table. */
    @Test
    void theTableHasEveryOperationOfTheDescriptionAndNoOther() throws Exception {
        List<String> table = Arrays.stream(Operation.values()).map(o -> o.method() + " " + o.path() + " " + o.id()).toList();
        assertThat(table).containsExactlyInAnyOrderElementsOf(described()).hasSizeGreaterThan(25);
    }

    @Test
    void whatChangesSomethingIsWrittenDownAndNeedsMoreThanLooking() {
        for (Operation o : Operation.values()) {
            // A question that is too long for an address, and asked at every stroke of a key.
            boolean asks = o == Operation.PLAN_FILM;
            boolean changes = !asks && !o.method().equals("GET") && !o.method().equals("HEAD");
            assertThat(o.isAudited()).as(o.id()).isEqualTo(changes);
            assertThat(changes && o.scope() == Scope.FILMS_READ).as(o.id()).isFalse();
        }
    }

    @Test
    void headIsAsGet() {
        assertThat(Operation.of("HEAD", "/v1/films")).contains(Operation.LIST_FILMS);
        assertThat(Operation.of("HEAD", "/v1/films/{id}/content")).contains(Operation.FILM_CONTENT_HEAD);
        assertThat(Operation.of("PUT", "/v1/films")).isEmpty();
    }
}
