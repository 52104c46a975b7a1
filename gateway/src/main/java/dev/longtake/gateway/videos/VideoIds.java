package dev.longtake.gateway.videos;

import dev.longtake.gateway.films.FilmIds;
import java.util.Optional;

/** Names of videos: the film's own behind {@code video_}, so that nothing has to be kept to find one by the other. */
final class VideoIds {
    private static final String PREFIX = "video_";

    private VideoIds() {}

    static String of(String film) {
        return PREFIX + film;
    }

    /** The film's id; clients may also give that itself. @return empty if this is no video's id, so that it never becomes part of an object key */
    static Optional<String> film(String id) {
        return Optional.of(id.startsWith(PREFIX) ? id.substring(PREFIX.length()) : id).filter(FilmIds::isId);
    }
}
