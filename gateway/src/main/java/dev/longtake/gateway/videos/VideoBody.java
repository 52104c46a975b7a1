package dev.longtake.gateway.videos;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.StoryLimits;
import dev.longtake.gateway.http.FormBody;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.ProblemType;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a request said, in whichever of the two forms it came: fields by name, one within another as {@code outer.inner}.
 *
 * @param files    uploaded files by name
 * @param problems what could not be taken for a field
 */
record VideoBody(Map<String, List<String>> fields, Map<String, List<byte[]>> files, List<Problem> problems) {
    /** What a form may weigh beside its picture: a prompt, and what browsers write around it. */
    private static final int FORM_ALLOWANCE = 1 << 20;
    private static final String BODY = "body";
    /** Ten thousand scenes take 250,000; a body of nothing but braces would take hundred times its size in memory. */
    private static final long TOKENS = 500_000;
    private static final int DEPTH = 20;
    private static final int NAME_SHOWN = 60;
    /** A number is taken for a number only here: a prompt of 42 is a mistake. */
    private static final Set<String> NUMBERS = Set.of("seconds", "seed", "steps", "guidance", "temperature");
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH).maxTokenCount(TOKENS).maxNumberLength(NAME_SHOWN).build()).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** @param imageBytes what a form's picture may have */
    static VideoBody read(InputStream body, String contentType, int imageBytes) {
        MediaType type = mediaType(contentType);
        try {
            if (type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)) {
                return form(FormBody.limited(body, Math.addExact(FORM_ALLOWANCE, imageBytes), b -> tooLarge(FORM_ALLOWANCE + imageBytes, "send a smaller picture")), type, contentType);
            }
            if (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json")) {
                int limit = StoryLimits.DEFAULT.bytes();
                return json(FormBody.limited(body, limit, b -> tooLarge(limit, "send its picture as a form's file input_reference")));
            }
        } catch (FormBody.MalformedException e) {
            throw ProblemException.badInput(BODY, "the form cannot be read", "send multipart/form-data as browsers and curl -F do");
        } catch (IOException e) {
            throw ProblemException.badInput(BODY, "the request ended before its body did", "send it whole");
        }
        throw unsupported();
    }

    private static MediaType mediaType(String contentType) {
        try {
            return MediaType.valueOf(contentType == null ? MediaType.APPLICATION_OCTET_STREAM : contentType);
        } catch (IllegalArgumentException e) {
            throw unsupported();
        }
    }

    private static ProblemException unsupported() {
        return ProblemException.of(ProblemType.MEDIA_TYPE, "A video is asked for otherwise", VideoError.MEDIA_TYPES);
    }

    private static ProblemException tooLarge(int limit, String fix) {
        return ProblemException.tooLarge(List.of(new Problem(BODY, "the request is over " + (limit >> 20) + " MiB", fix)));
    }

    private static VideoBody form(byte[] body, MediaType type, String contentType) throws FormBody.MalformedException, IOException {
        VideoBody read = new VideoBody(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        for (FormBody.Part part : FormBody.parts(body, type, contentType)) {
            if (part.isFile()) {
                read.files.computeIfAbsent(part.name(), n -> new ArrayList<>()).add(part.bytes());
            } else {
                read.addText(part.name(), part.bytes());
            }
        }
        return read;
    }

    /** In a form, what lies within another is written {@code outer[inner]}. */
    private void addText(String name, byte[] value) {
        String path = name.replaceFirst("^([a-z_]+)\\[([a-z_]+)\\]$", "$1.$2");
        try {
            add(path, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
        } catch (CharacterCodingException e) {
            problems.add(new Problem(printable(path), "not valid UTF-8", "send it as UTF-8"));
        }
    }

    private void add(String path, String value) {
        fields.computeIfAbsent(path, n -> new ArrayList<>()).add(value);
    }

    private static VideoBody json(byte[] body) {
        JsonNode root;
        try {
            root = MAPPER.readTree(body);
        } catch (IOException e) {
            throw ProblemException.badInput(BODY, "malformed JSON", "send one object, such as {\"prompt\":\"A city.\"}");
        }
        if (root == null || !root.isObject()) {
            throw ProblemException.badInput(BODY, "the JSON is not an object", "send one, such as {\"prompt\":\"A city.\"}");
        }
        VideoBody read = new VideoBody(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        root.properties().forEach(field -> read.add(field.getKey(), field.getValue(), true));
        return read;
    }

    private void add(String path, JsonNode value, boolean mayHoldOthers) {
        if (value.isTextual() || value.isNumber() && NUMBERS.contains(path)) {
            add(path, value.asText());
        } else if (value.isObject() && mayHoldOthers) {
            value.properties().forEach(field -> add(path + "." + field.getKey(), field.getValue(), false));
        } else if (!value.isNull()) {
            problems.add(new Problem(printable(path), NUMBERS.contains(path) ? "neither a number nor text" : "not text", "put it in double quotes, or leave it out"));
        }
    }

    static String printable(String name) {
        String clean = name.replaceAll("\\p{C}", "?");
        return clean.length() > NAME_SHOWN ? clean.substring(0, NAME_SHOWN) + "\u2026" : clean;
    }
}
