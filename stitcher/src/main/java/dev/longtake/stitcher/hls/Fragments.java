package dev.longtake.stitcher.hls;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.media.BadClipException;
import dev.longtake.media.fragment.Label;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the beginning of films as far as their clips are there without a gap. Clips come in any order, because the chains of a film are rendered side
 * by side: what comes too early is noted in the store, and taken up once the gap is closed. So nothing has to be remembered here, and a film's
 * size does not matter; the newest label of some films is kept to spare asking for it.
 *
 * <p>Every input may come twice, late, or at two stitchers at once. A clip that cannot be used is passed over: it is encoded again, which comes as another input, or
 * the film is not finished at all. Thread-safe; the inputs of one film are best given by one thread.
 */
public final class Fragments {
    private static final Logger LOG = LoggerFactory.getLogger(Fragments.class);
    private static final int KNOWN_FILMS = 1_000;
    /** A film's id may be taken again a day after it was deleted: what is known of it must be forgotten by then. */
    private static final long KNOWN_FOR = Duration.ofMinutes(10).toNanos();
    private static final String NONE = "-";

    private final ObjectStore store;
    private final Map<FilmRef, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FilmRef, Known> eldest) {
            return size() > KNOWN_FILMS;
        }
    };

    private record Known(Label newest, long since) {}

    /** Where a segment's clip is. @param digest SHA-256 of it, if that is known */
    public record Source(AttemptRef attempt, Optional<String> digest) {
        byte[] toBytes() {
            return (attempt.segmentKey() + " " + attempt.attempt() + " " + digest.orElse(NONE)).getBytes(StandardCharsets.UTF_8);
        }

        static Source parse(byte[] bytes) throws BadClipException {
            String[] words = new String(bytes, StandardCharsets.UTF_8).split(" ");
            if (words.length != 3) {
                throw new BadClipException("nobody can read which clip is waiting");
            }
            return new Source(new AttemptRef(words[0], words[1]), Optional.of(words[2]).filter(d -> !d.equals(NONE)));
        }
    }

    public Fragments(ObjectStore store) {
        this.store = store;
    }

    /**
     * A segment's clip is durable. When this returns, so is whatever follows from it.
     *
     * @throws dev.longtake.platform.store.StoreUnavailableException if the store is away; to be told again
     */
    public void clipped(FilmRef film, int segment, Source source) {
        publish(film, fragments -> {
            if (segment < fragments.next()) {
                return;
            }
            if (segment == fragments.next()) {
                fragments.append(clip(film, source));
            } else {
                String waiting = ObjectKeys.clipWaiting(film, segment);
                store.put(waiting, source.toBytes(), "text/plain");
                // Whoever closes the gap looks for the note after its fragment is put; we look for that fragment after the note is. One of us sees the other's.
                fragments.look();
                if (segment < fragments.next()) {
                    store.delete(waiting);
                }
            }
            goOn(film, fragments);
        });
    }

    /** Whoever joins the film has this segment's clip in hand, and those before. @param clip as it stands in the film */
    public void joined(FilmRef film, int segment, byte[] clip) {
        publish(film, fragments -> {
            if (segment == fragments.next()) {
                fragments.append(clip);
                goOn(film, fragments);
            }
        });
    }

    private void goOn(FilmRef film, FilmFragments fragments) throws BadClipException, ObjectMissingException {
        while (true) {
            int segment = fragments.next();
            String waiting = ObjectKeys.clipWaiting(film, segment);
            Optional<Source> source = waiting(waiting);
            if (source.isEmpty()) {
                return;
            }
            fragments.append(clip(film, source.get()));
            if (fragments.next() <= segment) {
                return;
            }
            store.delete(waiting);
        }
    }

    private Optional<Source> waiting(String key) throws BadClipException {
        try {
            return Optional.of(Source.parse(store.get(key)));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        }
    }

    private byte[] clip(FilmRef film, Source source) throws BadClipException, ObjectMissingException {
        byte[] clip = store.get(ObjectKeys.clip(film.tenant(), source.attempt()));
        // A fragment stays as it is: what is not the clip that was reported must not become one.
        if (source.digest().isPresent() && !Digests.sha256(clip).equals(source.digest().get())) {
            throw new BadClipException("its clip is not the one that was reported");
        }
        return clip;
    }

    @FunctionalInterface
    private interface Step {
        void on(FilmFragments fragments) throws BadClipException, ObjectMissingException;
    }

    private void publish(FilmRef film, Step step) {
        Optional<Label> newest = known(film);
        FilmFragments fragments = new FilmFragments(store, film, newest);
        try {
            if (newest.isEmpty()) {
                fragments.look();
            }
            step.on(fragments);
        } catch (BadClipException | ObjectMissingException e) {
            LOG.warn("{} can be watched up to segment {} for now: {}", film, fragments.next(), e.getMessage());
        }
        fragments.newest().ifPresent(label -> know(film, label));
    }

    private Optional<Label> known(FilmRef film) {
        synchronized (known) {
            return Optional.ofNullable(known.get(film)).filter(k -> System.nanoTime() - k.since() < KNOWN_FOR).map(Known::newest);
        }
    }

    private void know(FilmRef film, Label label) {
        synchronized (known) {
            Known before = known.get(film);
            boolean fresh = before == null || !before.newest().equals(label);
            known.put(film, fresh ? new Known(label, System.nanoTime()) : before);
        }
    }

    /** The film is over: nothing more is expected of it. */
    public void forget(FilmRef film) {
        synchronized (known) {
            known.remove(film);
        }
    }
}
