package dev.longtake.gateway.videos;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.longtake.gateway.films.FilmView;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

/**
 * A film as a video object. All 13 keys are always there: clients read them without asking whether they are.
 *
 * @param status      {@code queued}, {@code in_progress}, {@code completed} or {@code failed}
 * @param progress    percent of the segments that are accepted; 100 when, and only when, the film can be fetched
 * @param createdAt   seconds since 1970, as all times here
 * @param expiresAt   always null: how long films are kept is the scheduler's setting
 * @param seconds     what the film lasts, as a decimal number
 * @param remixedFrom id of a video, or null
 * @param error       why it failed, or null
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({"id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size", "seconds", "remixed_from_video_id", "error"})
public record VideoView(String id, String object, String model, String status, int progress, @JsonProperty("created_at") long createdAt,
                        @JsonProperty("completed_at") Long completedAt, @JsonProperty("expires_at") Long expiresAt, String prompt, String size, String seconds,
                        @JsonProperty("remixed_from_video_id") String remixedFrom, Failure error) {
    static final String COMPLETED = "completed";
    static final String FAILED = "failed";
    private static final int ALMOST = 99;
    private static final int ALL = 100;

    /** Why a video failed. @param code {@code cancelled}, or {@code generation_failed} */
    public record Failure(String code, String message) {}

    /** Videos. @param hasMore whether there are more behind the last */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Page(String object, List<VideoView> data, @JsonProperty("first_id") String firstId, @JsonProperty("last_id") String lastId, @JsonProperty("has_more") boolean hasMore) {
        static Page of(List<VideoView> videos, boolean more) {
            return new Page("list", videos, videos.isEmpty() ? null : videos.get(0).id(), videos.isEmpty() ? null : videos.get(videos.size() - 1).id(), more);
        }
    }

    /** A video that is deleted. */
    public record Deleted(String id, boolean deleted, String object) {
        static Deleted of(String id) {
            return new Deleted(id, true, "video.deleted");
        }
    }

    static VideoView of(FilmView film, VideoFacts facts) {
        String status = switch (film.state()) {
            case "queued" -> "queued";
            case "finished" -> COMPLETED;
            case "failed", "cancelled" -> FAILED;
            default -> "in_progress";
        };
        boolean completed = status.equals(COMPLETED);
        return new VideoView(VideoIds.of(film.id()), "video", film.model(), status, completed ? ALL : progress(film), film.submitted().getEpochSecond(),
                completed && film.finished().isPresent() ? Long.valueOf(film.finished().get().getEpochSecond()) : null, null, facts.prompt(), film.width() + "x" + film.height(),
                seconds(film), facts.remixedFrom(), failure(film));
    }

    boolean isOver() {
        return status.equals(COMPLETED) || status.equals(FAILED);
    }

    /** Segments are accepted once and stay so: within a revision this only grows. Joining them is what the last percent stands for. */
    private static int progress(FilmView film) {
        return film.segments() == 0 ? 0 : (int) Math.min(ALMOST, (long) ALL * film.accepted() / film.segments());
    }

    private static String seconds(FilmView film) {
        BigDecimal seconds = BigDecimal.valueOf(film.duration()).setScale(3, RoundingMode.HALF_UP).stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0).toPlainString() : seconds.toPlainString();
    }

    private static Failure failure(FilmView film) {
        return switch (film.state()) {
            case "cancelled" -> new Failure("cancelled", "The video was cancelled.");
            case "failed" -> new Failure("generation_failed", film.reason().orElse("The film failed."));
            default -> null;
        };
    }
}
