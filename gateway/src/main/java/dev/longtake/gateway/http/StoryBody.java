package dev.longtake.gateway.http;

import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.gateway.films.StartImage;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A story as it came over HTTP, never larger than the limit however it was sent.
 *
 * @param fields form fields that came with it
 * @param image  a form's file {@code start_image}
 */
record StoryBody(byte[] story, Optional<String> fileName, Map<String, List<String>> fields, Optional<byte[]> image) {
    /** What a form may weigh beside its story. */
    private static final int FORM_ALLOWANCE = 64 << 10;

    private static final String STORY = "story";

    /** @param imageBytes what a form's picture may have, beside its story */
    static StoryBody read(InputStream body, String contentType, int imageBytes) throws IOException {
        MediaType type = mediaType(contentType);
        requireUtf8(type);
        if (type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)) {
            return form(limited(body, Math.addExact(StoryLimits.DEFAULT.bytes() + FORM_ALLOWANCE, imageBytes)), type, contentType);
        }
        boolean json = type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
        if (!json && !type.isCompatible(MediaType.TEXT_PLAIN_TYPE)) {
            throw unsupported();
        }
        // Named as JSON, it is never read as prose.
        return new StoryBody(limited(body, StoryLimits.DEFAULT.bytes()), json ? Optional.of("story.json") : Optional.empty(), Map.of(), Optional.empty());
    }

    boolean isEmpty() {
        return story.length == 0 && image.isEmpty();
    }

    private static MediaType mediaType(String contentType) {
        try {
            return contentType == null ? MediaType.TEXT_PLAIN_TYPE : MediaType.valueOf(contentType);
        } catch (IllegalArgumentException e) {
            throw unsupported();
        }
    }

    private static void requireUtf8(MediaType type) {
        String charset = type.getParameters().get(MediaType.CHARSET_PARAMETER);
        if (charset != null && !isUtf8(charset.replace("\"", ""))) {
            throw ProblemException.badInput("Content-Type", "the story is sent in another encoding than UTF-8", "send it as UTF-8");
        }
    }

    private static boolean isUtf8(String name) {
        try {
            Charset charset = Charset.forName(name);
            return charset.equals(StandardCharsets.UTF_8) || charset.equals(StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ProblemException unsupported() {
        return ProblemException.of(ProblemType.MEDIA_TYPE, "A story is sent otherwise", "Send text/plain, application/json or multipart/form-data with a file named story.");
    }

    private static byte[] limited(InputStream body, int limit) throws IOException {
        return FormBody.limited(body, limit, bytes -> new String(bytes, StandardCharsets.ISO_8859_1).contains("name=\"" + StartImage.FIELD + "\"")
                ? ProblemException.tooLarge(List.of(new Problem(StartImage.FIELD, "the form is over " + (limit >> 20) + " MiB, most of which its picture may have", "send a smaller picture")))
                : ProblemException.of(StoryException.tooLarge(StoryLimits.DEFAULT.bytes())));
    }

    private static StoryBody form(byte[] body, MediaType type, String contentType) throws IOException {
        Optional<byte[]> story = Optional.empty();
        Optional<String> fileName = Optional.empty();
        Optional<byte[]> image = Optional.empty();
        Map<String, List<String>> fields = new LinkedHashMap<>();
        try {
            for (FormBody.Part part : FormBody.parts(body, type, contentType)) {
                if (part.name().equals(STORY)) {
                    if (story.isPresent()) {
                        throw ProblemException.badInput(STORY, "the form holds several stories", "send one");
                    }
                    story = Optional.of(part.bytes());
                    fileName = part.fileName().filter(n -> !n.isBlank());
                } else if (part.name().equals(StartImage.FIELD)) {
                    if (image.isPresent()) {
                        throw ProblemException.badInput(StartImage.FIELD, "the form holds several pictures", "send one");
                    }
                    image = Optional.of(part.bytes());
                } else {
                    fields.computeIfAbsent(part.name(), n -> new ArrayList<>()).add(part.isFile() ? "" : new String(part.bytes(), StandardCharsets.UTF_8));
                }
            }
        } catch (FormBody.MalformedException e) {
            throw malformed();
        }
        return new StoryBody(story.orElseThrow(StoryBody::noStory), fileName, fields, image);
    }

    private static ProblemException noStory() {
        return ProblemException.badInput(STORY, "the form holds no story", "send the story as a file or field named story");
    }

    private static ProblemException malformed() {
        return ProblemException.badInput(STORY, "the form cannot be read", "send multipart/form-data as browsers and curl -F do");
    }
}
