package dev.longtake.stitcher.hls;

import dev.longtake.contract.Digests;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.media.BadClipException;
import dev.longtake.media.Clip;
import dev.longtake.media.fragment.Label;
import dev.longtake.media.fragment.Newest;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import dev.longtake.platform.store.StoreUnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The fragments of one revision, in the store. They are put in the film's order, each only where there is none yet, and each says what came before
 * it: so the store alone knows how far a film is, any number of stitchers may put the same fragments at the same time, and none of them, however late
 * it is, can take one away or put another in its place.
 */
final class FilmFragments {
    private static final String CONTENT_TYPE = "video/mp4";
    private static final int INIT_DIGITS = 16;

    private final ObjectStore store;
    private final FilmRef film;
    private Optional<Label> newest;

    /** @param known the newest fragment that is known to be there */
    FilmFragments(ObjectStore store, FilmRef film, Optional<Label> known) {
        this.store = store;
        this.film = film;
        this.newest = known;
    }

    Optional<Label> newest() {
        return newest;
    }

    /** Place of the first segment that is not there, or not whole. */
    int next() {
        return newest.map(Label::segments).orElse(0);
    }

    /** Looks what others have put meanwhile. */
    void look() throws ObjectMissingException, BadClipException {
        int known = newest.map(Label::number).orElse(-1);
        int found = Newest.from(known, n -> store.head(ObjectKeys.fragment(film, n)).isPresent());
        if (found > known) {
            newest = Optional.of(label(found));
        }
    }

    private Label label(int number) throws ObjectMissingException, BadClipException {
        String key = ObjectKeys.fragment(film, number);
        return Label.<ObjectMissingException>read(bytes -> {
            try (InputStream in = store.open(key, 0, bytes)) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new StoreUnavailableException("cannot read " + key + ": " + e.getMessage(), e);
            }
        });
    }

    /**
     * Puts the fragments of the segment that is {@link #next()}, or finds that somebody else did.
     *
     * @param bytes the segment's clip
     * @throws BadClipException if it cannot stand in this film
     */
    void append(byte[] bytes) throws BadClipException, ObjectMissingException {
        Clip clip = Clip.parse(bytes);
        if (newest.isPresent() && newest.get().ticks() != clip.ticks()) {
            throw new BadClipException("a clip does not run at the film's speed");
        }
        String init = Digests.sha256(clip.header()).substring(0, INIT_DIGITS);
        if (newest.filter(l -> l.init().equals(init)).isEmpty()) {
            // Before the fragment that needs it.
            store.putIfAbsent(ObjectKeys.fragmentInit(film, init), clip.header(), CONTENT_TYPE);
        }
        int segment = next();
        int there = newest.map(Label::parts).orElse(0);
        List<Clip.Piece> cut = clip.pieces(0, Label.LONGEST_FRAGMENT);
        long begun = newest.map(Label::endFrame).orElse(0L) - cut.stream().limit(there).mapToLong(Clip.Piece::frames).sum();
        List<Clip.Piece> pieces = clip.pieces(begun, Label.LONGEST_FRAGMENT);
        for (int i = there; i < pieces.size(); i++) {
            Clip.Piece piece = pieces.get(i);
            boolean whole = i == pieces.size() - 1;
            Label label = newest.map(l -> l.next(piece.frames(), init, whole)).orElseGet(() -> Label.first(clip.ticks(), piece.frames(), init, whole));
            if (!store.putIfAbsent(ObjectKeys.fragment(film, label.number()), labelled(label, piece), CONTENT_TYPE)) {
                // Another has put it, or this very call did and its answer got lost: either way the store says what is there.
                look();
                if (newest.filter(l -> l.number() >= label.number()).isEmpty()) {
                    throw new StoreUnavailableException(ObjectKeys.fragment(film, label.number()) + " came and went", null);
                }
                if (next() > segment) {
                    return;
                }
                i = newest.get().parts() - 1;
            } else {
                newest = Optional.of(label);
            }
        }
    }

    private static byte[] labelled(Label label, Clip.Piece piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(label.toBytes());
        out.writeBytes(piece.bytes());
        return out.toByteArray();
    }
}
