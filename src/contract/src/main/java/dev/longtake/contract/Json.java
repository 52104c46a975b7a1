package dev.longtake.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
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

    private Json() {}

    public static byte[] write(Object message) {
        try {
            return MAPPER.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot write " + message.getClass().getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * @throws UnreadableMessageException if the bytes are not such a message, a field is missing, or its version is newer than
     *     {@link Message#VERSION}
     */
    public static <T> T read(byte[] bytes, Class<T> type) throws UnreadableMessageException {
        T value;
        try {
            value = MAPPER.readValue(bytes, type);
        } catch (IOException e) {
            throw new UnreadableMessageException("not a " + type.getSimpleName() + ": " + firstLine(e.getMessage()), e);
        }
        if (value == null) {
            throw new UnreadableMessageException("not a " + type.getSimpleName() + ": null", null);
        }
        if (value instanceof Message m && (m.version() < 1 || m.version() > Message.VERSION)) {
            throw new UnreadableMessageException(type.getSimpleName() + " of version " + m.version() + "; this build reads 1.." + Message.VERSION, null);
        }
        return value;
    }

    private static String firstLine(String s) {
        return s == null ? "" : s.lines().findFirst().orElse("");
    }
}
