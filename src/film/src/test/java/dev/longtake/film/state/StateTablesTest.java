package dev.longtake.film.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StateTablesTest {
    private static final List<TransitionTable<?, ?>> TABLES = List.of(RevisionState.TABLE, SegmentState.TABLE, JobState.TABLE, WorkerState.TABLE, DeliveryState.TABLE);

    /** With {@code -Dlongtake.diagrams.write=true} the diagrams are written anew. */
    @TestFactory
    List<DynamicTest> theDiagramsAreCurrent() {
        return TABLES.stream().map(table -> DynamicTest.dynamicTest(table.name(), () -> {
            String page = "# States of a" + (table.name().startsWith("a") ? "n " : " ") + table.name()
                    + "\n\nGenerated from the table in `dev.longtake.film.state`.\n\n```mermaid\n" + table.diagram() + "```\n";
            Path file = Path.of("../../docs/states", table.name() + ".md");
            if (Boolean.getBoolean("longtake.diagrams.write")) {
                Files.writeString(file, page);
            }
            assertThat(Files.readString(file)).isEqualTo(page);
        })).toList();
    }

    @Test
    void nothingLeadsOutOfAFinalStateButToAnotherRevisionAndAway() {
        for (RevisionState state : RevisionState.values()) {
            for (RevisionState.Event event : RevisionState.Event.values()) {
                if (state.isFinal() && !RevisionState.TABLE.begins(event)) {
                    assertThat(RevisionState.TABLE.next(state, event).filter(to -> to != RevisionState.DELETED)).isEmpty();
                }
                assertThat(RevisionState.TABLE.next(RevisionState.DELETED, event)).isEmpty();
            }
        }
    }

    @Test
    void whatUsersMayAskForDependsOnTheState() {
        assertThat(legal(RevisionState.Event.PAUSE)).containsExactly("rendering");
        assertThat(legal(RevisionState.Event.RESUME)).containsExactly("paused");
        assertThat(legal(RevisionState.Event.CANCEL)).containsExactly("queued", "rendering", "paused", "assembling", "stalled");
        assertThat(legal(RevisionState.Event.REPRIORITISE)).containsExactly("queued", "rendering", "paused", "assembling", "stalled");
        assertThat(legal(RevisionState.Event.RETRY)).containsExactly("cancelled", "failed");
        assertThat(legal(RevisionState.Event.REVISE)).hasSize(RevisionState.values().length - 1).doesNotContain("deleted");
        assertThat(legal(RevisionState.Event.DELETE)).hasSize(RevisionState.values().length - 1).doesNotContain("deleted");
        assertThat(legal(RevisionState.Event.EXPIRE)).containsExactly("finished", "cancelled", "failed");
    }

    private static List<String> legal(RevisionState.Event event) {
        return Arrays.stream(RevisionState.values()).filter(s -> RevisionState.TABLE.next(s, event).isPresent()).map(RevisionState::label).toList();
    }

    @Test
    void anEventThatIsNotInTheTableDoesNotHappen() {
        assertThat(SegmentState.TABLE.next(SegmentState.CLIPPED, SegmentState.Event.ACCEPT)).isEqualTo(Optional.empty());
        assertThat(SegmentState.TABLE.next(SegmentState.DISPATCHED, SegmentState.Event.ACCEPT)).contains(SegmentState.ACCEPTED);
    }
}
