package dev.longtake.gateway.hls;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.media.BadClipException;
import dev.longtake.media.fragment.Label;
import dev.longtake.media.fragment.Newest;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stitchers have published of films. All that is kept here is where the newest fragment of some films was when it was last looked for, so that the
 * next look is one question to the store and not twenty.
 */
@Singleton
public class PublishedFragments {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedFragments.class);
    private static final int KNOWN_FILMS = 10_000;

    private final ObjectStore objects;
    private final Map<FilmRef, Integer> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FilmRef, Integer> eldest) {
            return size() > KNOWN_FILMS;
        }
    };

    @Inject
    public PublishedFragments(ObjectStore objects) {
        this.objects = objects;
    }

    /** The label of a film's newest fragment, or empty if there is none. */
    public Optional<Label> newest(FilmRef film) {
        int hint;
        synchronized (known) {
            hint = known.getOrDefault(film, -1);
        }
        return newest(film, hint).or(() -> hint < 0 ? Optional.empty() : newest(film, -1));
    }

    private Optional<Label> newest(FilmRef film, int hint) {
        int number = Newest.from(hint, n -> objects.head(ObjectKeys.fragment(film, n)).isPresent());
        Optional<Label> label = number < 0 ? Optional.empty() : label(film, number);
        synchronized (known) {
            if (label.isPresent()) {
                known.merge(film, number, Math::max);
            } else {
                // Of an earlier film of the same id.
                known.remove(film);
            }
        }
        return label;
    }

    /** The blocks of a film up to a fragment, in order: all of them, or as many of the last as reach back to a frame. */
    public List<Label> blocks(FilmRef film, Label newest, long frame) {
        Deque<Label> blocks = new ArrayDeque<>(List.of(newest));
        while (blocks.getFirst().frame() > frame) {
            int before = blocks.getFirst().first() - 1;
            blocks.addFirst(label(film, before).orElseThrow(() -> new StoreUnavailableException("fragment " + before + " of " + film + " cannot be read", null)));
        }
        return List.copyOf(blocks);
    }

    private Optional<Label> label(FilmRef film, int number) {
        String key = ObjectKeys.fragment(film, number);
        try {
            return Optional.of(Label.<ObjectMissingException>read(bytes -> {
                try (InputStream in = objects.open(key, 0, bytes)) {
                    return in.readAllBytes();
                } catch (IOException e) {
                    throw new StoreUnavailableException("cannot read " + key + ": " + e.getMessage(), e);
                }
            }));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (BadClipException e) {
            LOG.warn("{} cannot be used: {}", key, e.getMessage());
            return Optional.empty();
        }
    }
}
