package dev.longtake.scheduler.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import dev.longtake.film.state.JobState;
import dev.longtake.scheduler.stage.dispatch.JobRecord;
import dev.longtake.scheduler.stage.film.StoredAttempt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A scheduler goes on from the state that an earlier build left: what has come to its records since is absent there. */
class EarlierStateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final AttemptRef ATTEMPT = new AttemptRef("cafe", "a1");

    private static <T> T withoutWhatCameSince(T record, Class<T> type, String... since) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode tree = (ObjectNode) mapper.readTree(Json.write(record));
        tree.remove(List.of(since));
        return Json.read(mapper.writeValueAsBytes(tree), type);
    }

    @Test
    void anAttemptWhoseHoldsWereNotCountedIsHeldForEver() throws Exception {
        StoredAttempt read = withoutWhatCameSince(new StoredAttempt(ATTEMPT, Optional.empty(), "w", 0, NOW, "", Optional.of(7), List.of()), StoredAttempt.class, "holds");
        assertThat(read.held()).isEqualTo(1);
    }

    @Test
    void aJobWhoseDeathsWereNotCountedHasNone() throws Exception {
        SegmentJob job = new SegmentJob(1, new FilmRef("t", "f", 1), 0, 0, ATTEMPT, new SegmentJob.Work.EncodeClip("b", 0, 1), NOW, "d");
        JobRecord record = new JobRecord("cpu", Lane.BATCH, job, NOW, 1, JobState.SENT, 1, NOW, Optional.empty(), false, Optional.empty(), Optional.of(List.of("w")));
        assertThat(withoutWhatCameSince(record, JobRecord.class, "ended").ended()).isEmpty();
    }
}
