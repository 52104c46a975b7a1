package dev.longtake.gateway.videos;

import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import dev.longtake.gateway.films.ModelCatalog;
import dev.longtake.gateway.films.StartImage;
import dev.longtake.media.picture.BadPictureException;
import dev.longtake.media.picture.PictureLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What is asked for, checked. Pure.
 *
 * @param seconds absent if nothing was said
 * @param video   the film's id of the video it is about
 * @param image   file of the picture it begins with; what is in it is looked at when the film is planned
 * @param options what goes to the film as it is, by the names of the other face
 */
record VideoRequest(String prompt, OptionalDouble seconds, Optional<String> video, Optional<byte[]> image, Map<String, List<String>> options) {
    static final int PROMPT_CHARS = 32_000;
    private static final double LONGEST = 86_400;

    private static final String PROMPT = "prompt";
    private static final String MODEL = "model";
    private static final String SECONDS = "seconds";
    private static final String SIZE = "size";
    private static final String VIDEO = "video";
    private static final String VIDEO_ID = "video.id";
    private static final String REFERENCE = "input_reference";
    private static final String REFERENCE_URL = "input_reference.image_url";
    private static final String REFERENCE_FILE = "input_reference.file_id";
    private static final String SEND_IT = "send the picture itself, as a form's file or as data:image/png;base64,\u2026";

    /** The model asked for. */
    Optional<String> model() {
        return options.getOrDefault(MODEL, List.of()).stream().findFirst();
    }

    /** What may be said where. Beside what its clients know, a film's own options: SDKs can send more than they know. */
    enum Operation {
        CREATE(Set.of(PROMPT, MODEL, SECONDS, SIZE, REFERENCE, REFERENCE_URL, REFERENCE_FILE), Set.of("preset", "seed", "steps", "guidance", "temperature", "title", "lane")),
        REMIX(Set.of(PROMPT), Set.of("preset", "seed", "steps", "guidance", "temperature", "title", "lane")),
        /** Other settings would be those of the whole film, and render it anew. */
        EXTEND(Set.of(PROMPT, SECONDS, VIDEO, VIDEO_ID), Set.of("title", "lane"));

        private final Set<String> fields;
        private final Set<String> options;

        Operation(Set<String> fields, Set<String> options) {
            this.fields = fields;
            this.options = options;
        }

        private Set<String> known() {
            Set<String> names = new LinkedHashSet<>();
            fields.stream().map(f -> f.substring(0, f.indexOf('.') < 0 ? f.length() : f.indexOf('.'))).sorted().forEach(names::add);
            options.stream().sorted().forEach(names::add);
            return names;
        }
    }

    /**
     * @param more what else is wrong with the request
     * @throws StoryException with everything that is wrong
     */
    static VideoRequest read(VideoBody body, Operation operation, ModelCatalog models, PictureLimits pictures, List<Problem> more) throws StoryException {
        return new Reading(body, operation, models, pictures, more).request();
    }

    private static final class Reading {
        private final VideoBody body;
        private final Operation operation;
        private final ModelCatalog models;
        private final PictureLimits pictures;
        private final List<Problem> problems;

        Reading(VideoBody body, Operation operation, ModelCatalog models, PictureLimits pictures, List<Problem> more) {
            this.body = body;
            this.operation = operation;
            this.models = models;
            this.pictures = pictures;
            this.problems = new ArrayList<>(more);
            problems.addAll(body.problems());
        }

        VideoRequest request() throws StoryException {
            unknown();
            String prompt = prompt();
            OptionalDouble seconds = seconds();
            Map<String, List<String>> options = new LinkedHashMap<>();
            operation.options.stream().filter(body.fields()::containsKey).forEach(name -> one(name).ifPresent(value -> options.put(name, List.of(value))));
            model().ifPresent(name -> options.put(MODEL, List.of(name)));
            Optional<byte[]> image = image();
            Optional<String> video = operation == Operation.EXTEND ? video() : Optional.empty();
            if (!problems.isEmpty()) {
                throw StoryException.of(problems);
            }
            return new VideoRequest(prompt, seconds, video, image, options);
        }

        private void problem(String field, String message, String fix) {
            if (problems.stream().noneMatch(p -> p.field().equals(field))) {
                problems.add(new Problem(field, message, fix));
            }
        }

        private void unknown() {
            Set<String> files = operation == Operation.CREATE ? Set.of(REFERENCE) : operation == Operation.EXTEND ? Set.of(VIDEO) : Set.of();
            List<String> wrong = new ArrayList<>(body.fields().keySet().stream().filter(n -> !operation.fields.contains(n) && !operation.options.contains(n)).toList());
            wrong.addAll(body.files().keySet().stream().filter(n -> !files.contains(n)).toList());
            wrong.forEach(name -> problem(VideoBody.printable(name), "unknown parameter, or no file", "use " + String.join(", ", operation.known())));
        }

        private Optional<String> one(String name) {
            List<String> values = body.fields().getOrDefault(name, List.of());
            if (values.size() > 1) {
                problem(name, "given " + values.size() + " times", "give it once");
            }
            return values.stream().findFirst();
        }

        private String prompt() {
            String prompt = one(PROMPT).orElse("");
            int length = prompt.codePointCount(0, prompt.length());
            if (prompt.isBlank()) {
                problem(PROMPT, body.fields().containsKey(PROMPT) ? "the prompt is empty" : "there is no prompt", "say what is seen, in 1 to 32,000 characters");
            } else if (length > PROMPT_CHARS) {
                problem(PROMPT, "the prompt has " + length + " characters", "give 1 to 32,000; a longer story goes to /v1/films");
            } else if (prompt.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
                problem(PROMPT, "the prompt contains half a character (an unpaired surrogate)", "write both halves, or none");
            }
            return prompt;
        }

        private OptionalDouble seconds() {
            Optional<String> text = one(SECONDS);
            if (text.isEmpty() || !operation.fields.contains(SECONDS)) {
                return OptionalDouble.empty();
            }
            // Double.parseDouble also reads NaN, hexadecimal and a trailing "d".
            if (text.get().strip().matches("\\+?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,3})?")) {
                double seconds = Double.parseDouble(text.get().strip());
                if (seconds > 0 && seconds <= LONGEST) {
                    return OptionalDouble.of(seconds);
                }
            }
            problem(SECONDS, "not a number above 0 and at most " + (int) LONGEST, "give one, such as 4 or 2.5, or leave it out for " + (int) VideoPrompt.DEFAULT_SECONDS);
            return OptionalDouble.empty();
        }

        /** The model, if there is one of that name; and that the size is its. */
        private Optional<String> model() {
            if (operation != Operation.CREATE) {
                return Optional.empty();
            }
            Optional<String> name = one(MODEL);
            try {
                ModelCatalog.Model model = models.find(name);
                String makes = model.manifest().video().width() + "x" + model.manifest().video().height();
                one(SIZE).filter(size -> !size.strip().toLowerCase(Locale.ROOT).equals(makes))
                        .ifPresent(size -> problem(SIZE, "the model " + model.name() + " makes " + makes + " alone", "give " + makes + ", or leave it out"));
            } catch (StoryException e) {
                e.problems().forEach(p -> problem(p.field(), p.message(), p.fix()));
            }
            return name;
        }

        private Optional<byte[]> image() {
            List<byte[]> files = body.files().getOrDefault(REFERENCE, List.of());
            if (operation != Operation.CREATE) {
                return Optional.empty();
            }
            Optional<String> url = one(REFERENCE).or(() -> one(REFERENCE_URL));
            if (one(REFERENCE_FILE).isPresent()) {
                problem(REFERENCE, "no files are kept here, so file_id names none", SEND_IT);
            } else if (files.size() + body.fields().getOrDefault(REFERENCE, List.of()).size() + body.fields().getOrDefault(REFERENCE_URL, List.of()).size() > 1) {
                problem(REFERENCE, "there are several pictures", "send one");
            } else if (url.isPresent()) {
                return decoded(url.get());
            }
            return files.stream().findFirst();
        }

        private Optional<byte[]> decoded(String url) {
            if (!url.regionMatches(true, 0, "data:", 0, "data:".length())) {
                problem(REFERENCE, "the gateway fetches nothing from elsewhere", SEND_IT);
                return Optional.empty();
            }
            try {
                return Optional.of(StartImage.decoded(url, pictures));
            } catch (BadPictureException e) {
                problem(REFERENCE, e.getMessage(), SEND_IT);
                return Optional.empty();
            }
        }

        private Optional<String> video() {
            if (body.files().containsKey(VIDEO)) {
                problem(VIDEO, "only what was made here can be extended, because it goes on from its last segment", "give {\"id\":\"video_\u2026\"}");
                return Optional.empty();
            }
            Optional<String> id = one(VIDEO_ID).or(() -> one(VIDEO));
            if (id.isEmpty()) {
                problem(VIDEO, "it is not said which video is to be extended", "give {\"id\":\"video_\u2026\"}");
            }
            return id;
        }
    }
}
