package dev.longtake.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.contract.FilmEvent;
import dev.longtake.contract.Topics;
import dev.longtake.platform.queue.TopicReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Everything a farm ever said about its films. */
final class Events {
    private Events() {}

    static List<FilmEvent> all(JsonNode endpoints) throws InterruptedException {
        List<FilmEvent> events = Collections.synchronizedList(new ArrayList<>());
        try (TopicReader<FilmEvent> reader = new TopicReader<>(endpoints.get("kafka").asText(), Topics.FILM_EVENTS, FilmEvent.class, TopicReader.From.BEGINNING, TopicReader.Unreadable.kept(),
                (key, event, partition, offset) -> events.add(event))) {
            reader.start();
            if (!reader.awaitCaughtUp(Duration.ofSeconds(30))) {
                throw new IllegalStateException("film events cannot be read");
            }
        }
        return List.copyOf(events);
    }

    /** How often each segment of a film was accepted, by index. */
    static Map<Integer, Long> acceptances(JsonNode endpoints, String film) throws InterruptedException {
        return all(endpoints).stream()
                .filter(e -> e instanceof FilmEvent.SegmentChanged s && s.film().film().equals(film) && s.to().equals("accepted"))
                .collect(Collectors.groupingBy(e -> ((FilmEvent.SegmentChanged) e).index(), TreeMap::new, Collectors.counting()));
    }
}
