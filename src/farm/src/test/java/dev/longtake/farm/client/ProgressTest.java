package dev.longtake.farm.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.gateway.films.FilmView;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static FilmView film(String state, int accepted, int step) throws Exception {
        ObjectNode film = JsonNodeFactory.instance.objectNode();
        film.put("id", "f").put("revision", 1).put("title", "").put("state", state).put("model", "m").put("bundle", "b").put("lane", "batch").put("scenes", 5).put("segments", 10)
                .put("frames", 60).put("fps", 8).put("width", 1).put("height", 1).put("duration", 7.5).put("scene", 1).put("accepted", accepted).put("clipped", 0).put("reused", 0)
                .put("submitted", "2026-01-02T03:04:05Z").put("updated", "2026-01-02T03:04:05Z");
        film.putArray("running").addObject().put("segment", accepted).put("step", step).put("steps", 8).put("worker", "w");
        film.putObject("seconds").put("generate", 0).put("encode", 0).put("wait", 0).put("total", 0);
        film.putObject("objects").put("plan", "p");
        film.putObject("links").put("self", "/");
        return FarmClient.view(film);
    }

    @Test
    void speedAndTimeLeftCountStepsWithinASegment() throws Exception {
        Progress progress = new Progress();
        progress.look(film("rendering", 2, 0), 100);
        FilmView later = film("rendering", 3, 4);
        progress.look(later, 106);
        // 1.5 segments of 6 frames in 6 s; 6.5 segments are left.
        assertThat(progress.framesPerSecond(later).orElseThrow()).isCloseTo(1.5, org.assertj.core.data.Offset.offset(1e-9));
        assertThat(progress.left(later)).contains(Duration.ofSeconds(26));
        assertThat(progress.line(later)).isEqualTo("rendering scene 2/5, 3/10 segments, 1.5 frames/s, 26 s left");
    }

    @Test
    void nothingIsClaimedBeforeItCanBeKnown() throws Exception {
        Progress progress = new Progress();
        FilmView queued = film("queued", 0, 0);
        progress.look(queued, 0);
        progress.look(queued, 50);
        assertThat(progress.line(queued)).isEqualTo("queued, 0/10 segments");
        progress.look(film("rendering", 0, 0), 50);
        assertThat(progress.framesPerSecond(film("rendering", 0, 0))).isEmpty();
    }

    @Test
    void durationsAreReadable() {
        assertThat(Progress.readable(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Progress.readable(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
        assertThat(Progress.readable(Duration.ofSeconds(7322))).isEqualTo("2 h 2 min");
    }
}
