package dev.longtake.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;

/** How messages are written: UTF-8 JSON, instants as ISO-8601, unknown fields ignored. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private static final String READS = "; this build reads 1.." + Message.VERSION;
    private static final int NAMED = 60;

    private Json() {}

    public static byte[] write(Object message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write " + message.getClass().getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * @throws UnreadableMessageException if the bytes are not such a message, a field is missing, its version is newer than
     *     {@link Message#VERSION}, or it is of a type that this build does not know: then it is newer, too, whatever version it names. The
     *     reason says which version was found and which are read
     */
    public static <T> T read(byte[] bytes, Class<T> type) throws UnreadableMessageException {
        T value;
        try {
            value = MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            throw new UnreadableMessageException(unreadable(bytes, type, e), e);
        }
        if (value == null) {
            throw new UnreadableMessageException("not a " + type.getSimpleName() + ": null", null);
        }
        if (value instanceof Message m && (m.version() < 1 || m.version() > Message.VERSION)) {
            throw new UnreadableMessageException(type.getSimpleName() + " of version " + m.version() + READS, null);
        }
        return value;
    }

    /** A newer message may fail in any way before its version is looked at, so that is looked for in whatever is there. */
    private static String unreadable(byte[] bytes, Class<?> type, IOException failure) {
        String name = type.getSimpleName();
        int version = version(bytes);
        if (version > Message.VERSION) {
            return name + " of version " + version + READS;
        }
        if (failure instanceof InvalidTypeIdException unknown) {
            String id = unknown.getTypeId();
            return name + (id == null ? " of no type" : " of unknown type \"" + (id.length() > NAMED ? id.substring(0, NAMED) + "…" : id) + "\"") + " and of "
                    + (version > 0 ? "version " + version : "no version") + READS;
        }
        return "not a " + name + (version > 0 ? " of version " + version : "") + ": " + firstLine(failure.getMessage());
    }

    private static int version(byte[] bytes) {
        try {
            JsonNode tree = MAPPER.readTree(bytes);
            return tree == null ? 0 : tree.path("version").asInt(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private static String firstLine(String s) {
        return s == null ? "" : s.lines().findFirst().orElse("");
    }
}
