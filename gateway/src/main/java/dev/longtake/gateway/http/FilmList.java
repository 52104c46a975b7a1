package dev.longtake.gateway.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longtake.gateway.films.FilmView;
import java.util.List;
import java.util.Optional;

/** Films, newest first. @param next to be given as {@code after} for the next page; absent on the last */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record FilmList(List<FilmView> films, Optional<String> next) {}
