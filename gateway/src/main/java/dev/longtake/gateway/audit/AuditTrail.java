package dev.longtake.gateway.audit;

import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.Topics;
import dev.longtake.platform.queue.HistoryReader;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The trail: appended to before an answer is given, read from its end. Nothing of it is kept in memory, so every replica shows the same.
 * Invariant: of a change that was answered, and of one that was refused, there is a line; there may be a line whose answer never arrived.
 */
public final class AuditTrail {
    /** Characters of prompts in one line. */
    static final int PROMPT_CHARACTERS = 64 << 10;
    private static final int PARTITION = 0;

    private final Publisher publisher;
    private final HistoryReader<AuditRecord> history;
    private final Duration patience;
    private final int window;

    /** @param patience how long a line may take to be durable. @param window lines that one reading looks at */
    public AuditTrail(Publisher publisher, HistoryReader<AuditRecord> history, Duration patience, int window) {
        this.publisher = publisher;
        this.history = history;
        this.patience = patience;
        this.window = window;
    }

    /** Writes a line and waits until it is durable. @throws QueueUnavailableException if that took too long; it may be there all the same */
    public void write(AuditRecord line) {
        try {
            publisher.sendAsync(Topics.AUDIT, line.tenant(), line).toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new QueueUnavailableException("the audit trail cannot be written: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QueueUnavailableException("interrupted while the audit trail was written", e);
        }
    }

    /** Prompts as a line may hold them: a story may be as large as a message may be, and larger. */
    public static List<String> shortened(List<String> prompts) {
        List<String> kept = new ArrayList<>();
        int left = PROMPT_CHARACTERS;
        for (String prompt : prompts) {
            if (left <= 0) {
                break;
            }
            kept.add(prompt.length() > left ? prompt.substring(0, left) + "…" : prompt);
            left -= prompt.length();
        }
        return kept;
    }

    /** A line and its place. */
    public record Line(long place, AuditRecord record) {}

    /** Some lines, newest first. @param next the place before which the next page begins; absent at the beginning of the trail */
    public record Page(List<Line> lines, Optional<Long> next) {}

    /**
     * Lines of a tenant. A page may hold fewer than were asked for, or none, and yet have a next one: the trail is looked through piece by piece.
     *
     * @param film   only those about this film
     * @param before the place before which to look; the end if empty
     * @throws QueueUnavailableException if brokers do not answer
     */
    public Page read(String tenant, Optional<String> film, OptionalLong before, int limit) {
        HistoryReader.Bounds bounds = history.bounds(PARTITION);
        long until = Math.max(bounds.oldest(), Math.min(bounds.end(), before.orElse(bounds.end())));
        long from = Math.max(bounds.oldest(), until - window);
        Deque<Line> newest = new ArrayDeque<>();
        boolean[] more = {from > bounds.oldest()};
        history.read(PARTITION, from, until, (line, place) -> {
            if (line.tenant().equals(tenant) && (film.isEmpty() || line.film().equals(film))) {
                newest.addLast(new Line(place, line));
                if (newest.size() > limit) {
                    newest.removeFirst();
                    more[0] = true;
                }
            }
            return true;
        });
        List<Line> lines = new ArrayList<>(newest);
        Collections.reverse(lines);
        long next = lines.size() == limit ? lines.get(limit - 1).place() : from;
        return new Page(lines, Optional.of(next).filter(n -> more[0]));
    }
}
