package dev.longtake.scheduler.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longtake.platform.memory.MemoryObjectStore;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.StoreUnavailableException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class BriefStoreTest {
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final FlakyStore store = new FlakyStore(new MemoryObjectStore());
    private final BriefStore brief = new BriefStore(store, PATIENCE);

    @Test
    void whatIsThereIsReadAndWhatIsNotIsMissing() throws Exception {
        brief.put("k", new byte[] {1}, "x");
        assertThat(brief.get("k")).containsExactly(1);
        assertThatThrownBy(() -> brief.get("nothing")).isInstanceOf(ObjectMissingException.class);
        assertThat(brief.get("k")).as("a missing object is no outage").containsExactly(1);
    }

    @Test
    void aStoreThatHangsIsAwayAndThenLeftAloneForAWhile() throws Exception {
        brief.put("k", new byte[] {1}, "x");
        store.hanging = true;
        assertThatThrownBy(() -> brief.get("k")).isInstanceOf(StoreUnavailableException.class).hasMessageContaining("did not answer within 100 ms");
        store.hanging = false;
        assertThatThrownBy(() -> brief.get("k")).as("at once").isInstanceOf(StoreUnavailableException.class);
        Thread.sleep(PATIENCE.toMillis() + 20);
        assertThat(brief.get("k")).containsExactly(1);
    }
}
