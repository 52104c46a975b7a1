package dev.longtake.scheduler.stage;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/** Ids that the stages assign: the same decision taken twice gives the same id. */
public final class Ids {
    private static final int BYTES = 10;

    private Ids() {}

    /**
     * @param ordered when the revision was ordered: a film that is submitted again after it was deleted makes other attempts
     * @param parent the attempt that this one follows from: a scheduler that goes on from older state may follow another, and that must not
     *     be taken for the same attempt
     */
    public static String attempt(FilmRef film, Instant ordered, int index, int number, Optional<AttemptRef> parent) {
        return hash("attempt", film.tenant(), film.film(), Integer.toString(film.revision()), ordered.toString(), Integer.toString(index), Integer.toString(number),
                parent.map(AttemptRef::attempt).orElse(""));
    }

    public static String assembly(FilmRef film, int number) {
        return hash("assembly", film.tenant(), film.film(), Integer.toString(film.revision()), Integer.toString(number));
    }

    /** Unlike the others not for ever the same: who confirms a decision must mean this one. */
    public static String expiry(FilmRef film, int part, Instant now) {
        return hash("expiry", film.tenant(), film.film(), Integer.toString(film.revision()), Integer.toString(part), now.toString());
    }

    /** Not for ever the same, either: a dispatch stage that lost its state must not give an id twice. */
    public static String dispatch(FilmRef film, String attempt, long number, Instant now) {
        return hash("dispatch", film.filmKey(), attempt, Long.toString(number), now.toString());
    }

    private static String hash(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                sha.update((byte) (bytes.length >>> 8));
                sha.update((byte) bytes.length);
                sha.update(bytes);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
