package dev.longtake.film.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StateTablesTest {
    private static final List<TransitionTable<?, ?>> TABLES = List.of(RevisionState.TABLE, SegmentState.TABLE, JobState.TABLE, WorkerState.TABLE);

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
    void nothingLeadsOutOfAFinalState() {
        for (RevisionState state : RevisionState.values()) {
            for (RevisionState.Event event : RevisionState.Event.values()) {
                if (state.isFinal()) {
                    assertThat(RevisionState.TABLE.next(state, event)).isEmpty();
                }
            }
        }
    }

    @Test
    void anEventThatIsNotInTheTableDoesNotHappen() {
        assertThat(SegmentState.TABLE.next(SegmentState.CLIPPED, SegmentState.Event.ACCEPT)).isEqualTo(Optional.empty());
        assertThat(SegmentState.TABLE.next(SegmentState.DISPATCHED, SegmentState.Event.ACCEPT)).contains(SegmentState.ACCEPTED);
    }
}
