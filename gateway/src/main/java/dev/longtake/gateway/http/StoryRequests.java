package dev.longtake.gateway.http;

import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmPlanner;
import dev.longtake.gateway.films.FilmPlanner.Planned;
import dev.longtake.gateway.films.Films;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Reads stories as they come in, lets only so many be planned at once, and submits what was planned. */
@Singleton
public class StoryRequests {
    private final GatewayConfig config;
    private final Semaphore planners;
    private final Films films;
    private final FilmPlanner planner;
    private final MeterRegistry meters;

    @Inject
    public StoryRequests(GatewayConfig config, Films films, FilmPlanner planner, MeterRegistry meters) {
        this.config = config;
        this.films = films;
        this.planner = planner;
        this.meters = meters;
        this.planners = new Semaphore(config.planners(), true);
    }

    /** Seconds after which it may be worth asking again. */
    public long retryAfter() {
        return config.retryAfter().toSeconds();
    }

    StoryBody read(InputStream body, String contentType) {
        try {
            return StoryBody.read(body, contentType, config.imageBytes());
        } catch (IOException e) {
            throw ProblemException.badInput("story", "the request ended before the story did", "send it whole");
        }
    }

    /** What was said about the film in the query and in the form; what is in both is given twice. */
    Map<String, List<String>> parameters(Map<String, List<String>> query, StoryBody story) {
        Map<String, List<String>> parameters = new LinkedHashMap<>(query);
        story.fields().forEach((name, values) -> parameters.merge(name, values, StoryRequests::joined));
        return parameters;
    }

    private static List<String> joined(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    /** Something that holds a whole plan in memory. */
    @FunctionalInterface
    public interface Planning<T> {
        T run() throws StoryException;
    }

    /** Plans when it is its turn. */
    public <T> T inTurn(Planning<T> planning) {
        try {
            if (!planners.tryAcquire(config.planPatience().toMillis(), TimeUnit.MILLISECONDS)) {
                throw ProblemException.away("Too many stories are being planned.", config.retryAfter().toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ProblemException.away("The gateway is stopping.", config.retryAfter().toSeconds());
        }
        try {
            return planning.run();
        } catch (StoryException e) {
            throw ProblemException.of(e);
        } finally {
            planners.release();
        }
    }

    /**
     * Plans a story as it comes in, when it is its turn.
     *
     * @param query  what the address says beside it
     * @param badKey what is wrong with the key: said together with what is wrong with the story
     */
    public Planned plan(InputStream body, String contentType, Map<String, List<String>> query, Optional<Problem> badKey) {
        StoryBody story = read(body, contentType);
        Map<String, List<String>> parameters = parameters(query, story);
        return inTurn(() -> {
            List<Problem> problems = new ArrayList<>(badKey.stream().toList());
            try {
                Planned planned = planner.plan(story.story(), story.fileName(), parameters, story.image());
                if (problems.isEmpty()) {
                    return planned;
                }
            } catch (StoryException e) {
                if (e.isTooLarge()) {
                    throw e;
                }
                problems.addAll(e.problems());
            }
            throw StoryException.of(problems);
        });
    }

    /** Accepts a film, durably, or says why not. @param key as the client sent it, or null */
    public Films.Accepted accept(Caller caller, String key, Planned planned) {
        caller.said(() -> prompts(planned));
        try {
            Films.Accepted accepted = films.accept(caller.tenant(), Optional.ofNullable(key), planned);
            caller.touched(accepted.film().id(), accepted.film().revision());
            meters.counter("longtake.films.accepted").increment();
            meters.counter("longtake.frames.accepted").increment(accepted.film().frames());
            return accepted;
        } catch (Films.KeyReusedException e) {
            throw ProblemException.of(ProblemType.KEY_REUSED, "The Idempotency-Key was used for another film", "Send the same story and settings with a key, or another key.");
        } catch (Films.FilmGoneException e) {
            throw ProblemException.of(ProblemType.FILM_GONE, "The film of this Idempotency-Key was deleted", "Send the story with another key to make another film.");
        } catch (Films.TooManyFilmsException e) {
            throw ProblemException.tooMany(e.limit(), e.getMessage(), retryAfter());
        }
    }

    /** What a film is asked to show. */
    static List<String> prompts(Planned planned) {
        return planned.plan().story().scenes().stream().map(scene -> scene.prompt()).toList();
    }

    /** What is wrong with an {@code Idempotency-Key}. @param key as the client sent it, or null */
    public static Optional<Problem> keyProblem(String key) {
        return key == null || key.matches("[\\x21-\\x7e]{1,200}") ? Optional.empty()
                : Optional.of(new Problem("Idempotency-Key", "not 1 to 200 printable ASCII characters without spaces", "send a UUID, for example"));
    }
}
