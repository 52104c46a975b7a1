package dev.longtake.gateway.letters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.contract.DeadLetter;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Json;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.Topics;
import dev.longtake.contract.UnreadableMessageException;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.films.Films;
import dev.longtake.platform.queue.LetterLog;
import dev.longtake.platform.queue.Publisher;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Lists dead letters and deals with them. A message goes back to its topic as it was, byte by byte; work that was given up does not: its
 * film has failed, nobody would wait for it, and what helps is to ask for the film again. Either is noted on the letters' own topic, behind
 * the letter.
 *
 * <p>The message goes first and the note second. Who is cut off between the two leaves a letter that looks untouched; dealing with it again
 * sends the message twice, which every receiver takes as once.
 */
public final class DeadLetters {
    private static final int EXTRACT = 160;
    private static final ObjectMapper TREE = new ObjectMapper();

    private final LetterLog log;
    private final Publisher publisher;
    private final Films films;
    private final Clock clock;
    private final int window;

    /** @param window places on the topic that are looked at, newest first; what is older is out of reach */
    public DeadLetters(LetterLog log, Publisher publisher, Films films, Clock clock, int window) {
        this.log = log;
        this.publisher = publisher;
        this.films = films;
        this.clock = clock;
        this.window = window;
    }

    /** Nothing was done about the letter. */
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** Letters of one message are one, under the id of the first; the others' notes are its notes. */
    private static final class Letter {
        private final String id;
        private final LetterView first;
        private DeadLetter whole;
        private int copies = 1;
        private Optional<LetterView.Handled> handled = Optional.empty();

        Letter(String id, LetterView first) {
            this.id = id;
            this.first = first;
        }

        LetterView view() {
            return new LetterView(id, first.kind(), first.topic(), first.key(), first.tenant(), first.film(), first.at(), first.reason(), first.extract(), copies, handled);
        }
    }

    /** The letters in the window, oldest first. @param wanted id of the one whose message is needed; of all others only an extract is kept */
    private List<Letter> read(Optional<String> wanted) {
        Map<String, Letter> byPlace = new LinkedHashMap<>();
        Map<String, Letter> byId = new HashMap<>();
        log.newest(window, entry -> {
            DeadLetter letter = entry.letter();
            if (letter.handled().isPresent()) {
                DeadLetter.Handled note = letter.handled().get();
                Optional.ofNullable(byId.get(note.letter())).ifPresent(l -> l.handled = Optional.of(new LetterView.Handled(note.how().name().toLowerCase(Locale.ROOT), letter.at())));
                return;
            }
            String place = letter.source().map(s -> letter.topic() + "-" + s.partition() + "-" + s.offset()).orElse(entry.id());
            Letter known = byPlace.get(place);
            if (known == null) {
                known = new Letter(entry.id(), view(entry.id(), letter));
                byPlace.put(place, known);
            } else {
                known.copies++;
            }
            byId.put(entry.id(), known);
            if (wanted.filter(entry.id()::equals).isPresent()) {
                known.whole = letter;
            }
        });
        return new ArrayList<>(byPlace.values());
    }

    private static LetterView view(String id, DeadLetter letter) {
        String text = letter.body().length() > EXTRACT ? letter.body().substring(0, EXTRACT) + "…" : letter.body();
        return new LetterView(id, job(letter).isPresent() ? LetterView.GIVEN_UP : LetterView.MESSAGE, letter.topic(), letter.key(), tenant(letter), film(letter), letter.at(), letter.reason(),
                text.replaceAll("\\p{Cntrl}", " "), 1, Optional.empty());
    }

    /** The job that was given up, if that is what the letter is about. */
    private static Optional<SegmentJob> job(DeadLetter letter) {
        if (letter.source().isPresent() || !Topics.isSegmentJobs(letter.topic())) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(letter.body().getBytes(StandardCharsets.UTF_8), SegmentJob.class));
        } catch (UnreadableMessageException e) {
            // Parked by an earlier release, which did not say where it lay.
            return Optional.empty();
        }
    }

    /** Every message about a film names it in the same place, whatever its version; where it has none, the key may. */
    private static Optional<String> film(DeadLetter letter) {
        try {
            JsonNode named = TREE.readTree(letter.body()).at("/film/film");
            if (named.isTextual()) {
                return Optional.of(named.asText());
            }
        } catch (JsonProcessingException e) {
            // Not JSON: only the key is left.
        }
        int slash = letter.key().indexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(letter.key().substring(slash + 1));
    }

    /**
     * Whose a letter is: that of the film it names, or the one it names itself, whatever its version; else its key may say it, where the
     * topic is keyed by tenant or film. What cannot be told is nobody's.
     */
    private static Optional<String> tenant(DeadLetter letter) {
        try {
            JsonNode body = TREE.readTree(letter.body());
            for (JsonNode named : List.of(body.at("/film/tenant"), body.at("/tenant"))) {
                if (named.isTextual()) {
                    return Optional.of(named.asText());
                }
            }
        } catch (JsonProcessingException e) {
            // Not JSON: only the key is left.
        }
        boolean byTenant = Topics.isKeyedByTenant(letter.topic());
        return Optional.of(letter.key().split("/", 2)[0]).filter(t -> byTenant && !t.isEmpty());
    }

    /** Letters, newest first. @param tenant only this one's; all if empty. @param film only those about this film */
    public List<LetterView> list(Optional<String> tenant, Optional<String> film, int limit) {
        List<LetterView> views = new ArrayList<>(read(Optional.empty()).stream().map(Letter::view).filter(v -> tenant.isEmpty() || v.tenant().equals(tenant))
                .filter(v -> film.isEmpty() || v.film().equals(film)).toList());
        Collections.reverse(views);
        return views.subList(0, Math.min(limit, views.size()));
    }

    /**
     * Puts a message back on its topic, or asks for the film again whose work was given up.
     *
     * @param tenant only a letter of this one; any if empty
     * @param force  even if that was done before
     * @return the letter with what was done; empty if there is none of this id in the window, or it is another's
     * @throws RefusedException if nothing was done, and why
     */
    public Optional<LetterView> requeue(Optional<String> tenant, String id, boolean force) throws RefusedException {
        Optional<Letter> found = read(Optional.of(id)).stream().filter(l -> l.whole != null && (tenant.isEmpty() || l.first.tenant().equals(tenant))).findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Letter letter = found.get();
        if (letter.handled.isPresent() && !force) {
            throw new RefusedException("Letter " + id + " was " + letter.handled.get().how() + " at " + letter.handled.get().at() + "; say force to do it again.");
        }
        Optional<SegmentJob> job = job(letter.whole);
        DeadLetter.How how = job.isPresent() ? DeadLetter.How.RETRIED : DeadLetter.How.REQUEUED;
        if (job.isPresent()) {
            retry(job.get().film());
        } else {
            putBack(id, letter.whole);
        }
        DeadLetter note = DeadLetter.handled(letter.whole, id, how, clock.instant());
        publisher.send(Topics.DEAD_LETTERS, letter.whole.key(), note);
        letter.handled = Optional.of(new LetterView.Handled(how.name().toLowerCase(Locale.ROOT), note.at()));
        return Optional.of(letter.view());
    }

    private void retry(FilmRef film) throws RefusedException {
        Optional<FilmView> now = films.find(film.tenant(), film.film());
        if (now.isPresent() && now.get().revision() != film.revision()) {
            throw new RefusedException("The film " + film.film() + " has gone on since: its revision " + now.get().revision() + " is " + now.get().state() + ".");
        }
        try {
            films.ask(film.tenant(), film.film(), Films.Wish.RETRY).orElseThrow(() -> new RefusedException("There is no film " + film.film() + " any more."));
        } catch (Films.WrongStateException e) {
            throw new RefusedException("The film " + film.film() + " is " + e.state() + " and cannot be retried.");
        } catch (Films.TooManyFilmsException e) {
            throw new RefusedException("The film " + film.film() + " cannot be retried now: " + e.getMessage());
        }
    }

    private void putBack(String id, DeadLetter letter) throws RefusedException {
        if (!Topics.isActedOn(letter.topic())) {
            throw new RefusedException("What lay on " + letter.topic() + " is outdated; putting it back would do harm or nothing.");
        }
        byte[] message = letter.message().orElseThrow(() -> new RefusedException("Letter " + id + " holds only the beginning of its message, which was too large to keep."));
        publisher.put(letter.topic(), letter.originalKey(), message);
    }
}
