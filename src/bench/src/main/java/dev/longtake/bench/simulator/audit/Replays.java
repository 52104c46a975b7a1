package dev.longtake.bench.simulator.audit;

import dev.longtake.contract.Digests;
import dev.longtake.contract.Json;
import dev.longtake.scheduler.memory.MemoryState;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Compares what was decided with what a replay decides. */
final class Replays {
    static final String NAME = "replay-equality";

    private Replays() {}

    static <E> void compare(String stage, List<E> decided, List<E> replayed, MemoryState state, MemoryState again, Consumer<Violation> found) {
        for (int i = 0; i < Math.max(decided.size(), replayed.size()); i++) {
            if (i >= decided.size() || i >= replayed.size() || !decided.get(i).equals(replayed.get(i))) {
                found.accept(new Violation(NAME, stage + ": effect " + i + " was " + at(decided, i) + ", replayed it is " + at(replayed, i)));
                return;
            }
        }
        Map<String, Object> records = state.records();
        if (!records.equals(again.records())) {
            records.forEach((key, value) -> {
                if (!value.equals(again.records().get(key))) {
                    found.accept(new Violation(NAME, stage + ": " + key + " was " + value + ", replayed it is " + again.records().get(key)));
                }
            });
            found.accept(new Violation(NAME, stage + ": state differs"));
        } else if (!digest(state).equals(digest(again))) {
            found.accept(new Violation(NAME, stage + ": state is equal, its bytes are not"));
        }
    }

    private static <E> Object at(List<E> list, int i) {
        return i < list.size() ? list.get(i) : "nothing";
    }

    private static String digest(MemoryState state) {
        MessageDigest sha = Digests.newSha256();
        state.records().forEach((key, value) -> sha.update(Json.write(value)));
        return HexFormat.of().formatHex(sha.digest());
    }
}
