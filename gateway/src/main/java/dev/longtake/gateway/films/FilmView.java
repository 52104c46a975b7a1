package dev.longtake.gateway.films;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.Lane;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.WorkerTable.Running;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A film as HTTP shows it.
 *
 * @param duration  seconds the finished film lasts
 * @param scene     place of the scene that was last begun, from 0; absent before the first
 * @param accepted  segments that are rendered, the reused included
 * @param clipped   segments that are encoded
 * @param reused    segments taken over from earlier work
 * @param running   segments in work, with their sampling steps
 * @param warnings  prompts that go beyond the model's words; absent in lists, and while the plan cannot be read
 * @param objects   keys in the object store, by what they hold
 * @param links     paths at this gateway, by what they lead to
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record FilmView(String id, int revision, String title, String state, Optional<String> reason, String model, String bundle, String lane, int scenes, int segments,
                       int frames, double fps, int width, int height, double duration, Optional<Integer> scene, int accepted, int clipped, int reused,
                       List<Running> running, Seconds seconds, Instant submitted, Instant updated, Optional<Instant> finished, Optional<List<Warning>> warnings, Objects objects, Links links) {
    public static final String QUEUED = "queued";
    public static final String FINISHED = "finished";
    private static final Set<String> FINAL = Set.of(FINISHED, "failed", "cancelled");
    private static final String ROOT = "/v1/films/";

    /** Seconds that workers spent on this film, summed, and the total since it was submitted. */
    public record Seconds(@JsonProperty("generate") double generating, @JsonProperty("encode") double encoding, @JsonProperty("wait") double waiting, double total) {}

    /** Object keys. */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Objects(String plan, Optional<String> film, Optional<String> poster, Optional<String> contactSheet, Optional<String> manifest) {
        static Objects of(FilmRef film, Optional<String> filmKey) {
            return new Objects(ObjectKeys.plan(film), filmKey, product(filmKey, Product.POSTER), product(filmKey, Product.CONTACT_SHEET), product(filmKey, Product.MANIFEST));
        }

        private static Optional<String> product(Optional<String> filmKey, Product product) {
            return filmKey.map(product::beside);
        }
    }

    /** Paths. @param playlist of this revision, as far as it is rendered */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    public record Links(String self, Optional<String> cancel, Optional<String> content, Optional<String> poster, Optional<String> contactSheet, Optional<String> manifest, Optional<String> playlist) {
        static Links of(String id, String state, Optional<String> filmKey, Optional<String> playlist) {
            Optional<String> finished = filmKey.map(key -> ROOT + id);
            return new Links(ROOT + id, FINAL.contains(state) ? Optional.empty() : Optional.of(ROOT + id + "/cancel"), finished.map(s -> s + "/content"),
                    finished.map(s -> s + "/" + Product.POSTER.label()), finished.map(s -> s + "/" + Product.CONTACT_SHEET.label()),
                    finished.map(s -> s + "/" + Product.MANIFEST.label()), playlist);
        }
    }

    /** What lies beside a finished film. */
    public enum Product {
        POSTER("poster", "poster.png", "image/png"),
        CONTACT_SHEET("contact-sheet", "contact-sheet.png", "image/png"),
        SPRITESHEET("spritesheet", "spritesheet.png", "image/png"),
        MANIFEST("manifest", "manifest.json", "application/json");

        private final String label;
        private final String file;
        private final String contentType;

        Product(String label, String file, String contentType) {
            this.label = label;
            this.file = file;
            this.contentType = contentType;
        }

        public String label() {
            return label;
        }

        public String contentType() {
            return contentType;
        }

        /** Its object key: an assembly writes all its products under one prefix. */
        public String beside(String filmKey) {
            return filmKey.substring(0, filmKey.lastIndexOf('/') + 1) + file;
        }
    }

    public static boolean isFinal(String state) {
        return FINAL.contains(state);
    }

    /** A film the scheduler has spoken of. */
    static FilmView of(FilmState s, List<Running> running, Instant now, Optional<List<Warning>> warnings) {
        Optional<String> filmKey = s.filmKey().or(() -> s.kept().map(FilmState.Kept::filmKey));
        double total = seconds(s.submitted(), s.finished().orElse(now));
        return new FilmView(s.film().film(), s.film().revision(), s.title(), s.state(), s.reason(), s.model(), s.bundle(), label(s.lane()), s.scenes(), s.segments(), s.frames(),
                s.fps(), s.width(), s.height(), s.fps() > 0 ? s.frames() / s.fps() : 0, Optional.of(s.rendering()).filter(r -> r >= 0), s.accepted(), s.clipped(), s.reused(),
                isFinal(s.state()) ? List.of() : running, new Seconds(s.seconds().generating(), s.seconds().encoding(), s.seconds().waiting(), total), s.submitted(), s.updated(),
                s.finished(), warnings, Objects.of(s.film(), filmKey), Links.of(s.film().film(), s.state(), filmKey, playlist(s)));
    }

    /** A film that has a plan and no state yet. */
    static FilmView queued(FilmRef film, FilmPlan plan, Lane lane, Instant submitted, Optional<List<Warning>> warnings) {
        var settings = plan.settings();
        return new FilmView(film.film(), film.revision(), plan.story().title(), QUEUED, Optional.empty(), settings.model(), settings.bundle(), label(lane),
                plan.story().scenes().size(), plan.segments().size(), Math.toIntExact(plan.frames()), settings.fps(), settings.width(), settings.height(), plan.seconds(),
                Optional.empty(), 0, 0, 0, List.of(), new Seconds(0, 0, 0, 0), submitted, submitted, Optional.empty(), warnings, Objects.of(film, Optional.empty()),
                Links.of(film.film(), QUEUED, Optional.empty(), Optional.empty()));
    }

    private static Optional<String> playlist(FilmState s) {
        return s.clipped() == 0 ? Optional.empty() : Optional.of(ROOT + s.film().film() + "/hls/playlist.m3u8?revision=" + s.film().revision());
    }

    private static String label(Lane lane) {
        return lane.name().toLowerCase(Locale.ROOT);
    }

    private static double seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis() / 1000.0);
    }
}
