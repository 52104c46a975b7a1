package dev.longtake.gateway.http;

import dev.longtake.film.story.StoryException;
import dev.longtake.film.story.StoryLimits;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder.ErrorDataDecoderException;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
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
 */
record StoryBody(byte[] story, Optional<String> fileName, Map<String, List<String>> fields) {
    /** What a form may weigh beside its story. */
    private static final int FORM_ALLOWANCE = 64 << 10;

    /** What is read and thrown away of a body that is too large, so that a client that is still sending gets to read the answer. */
    private static final long DRAIN = 64L << 20;

    private static final String STORY = "story";

    static StoryBody read(InputStream body, String contentType) throws IOException {
        MediaType type = mediaType(contentType);
        requireUtf8(type);
        if (type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)) {
            if (type.getParameters().getOrDefault("boundary", "").isBlank()) {
                throw malformed();
            }
            return form(limited(body, StoryLimits.DEFAULT.bytes() + FORM_ALLOWANCE), contentType);
        }
        boolean json = type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
        if (!json && !type.isCompatible(MediaType.TEXT_PLAIN_TYPE)) {
            throw unsupported();
        }
        // Named as JSON, it is never read as prose.
        return new StoryBody(limited(body, StoryLimits.DEFAULT.bytes()), json ? Optional.of("story.json") : Optional.empty(), Map.of());
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
        return ProblemException.of(415, "media-type", "A story is sent otherwise", "Send text/plain, application/json or multipart/form-data with a file named story.");
    }

    private static byte[] limited(InputStream body, int limit) throws IOException {
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length <= limit) {
            return bytes;
        }
        byte[] away = new byte[64 << 10];
        long drained = 0;
        for (int n = body.read(away); n >= 0 && drained < DRAIN; n = body.read(away)) {
            drained += n;
        }
        throw ProblemException.of(StoryException.tooLarge(StoryLimits.DEFAULT.bytes()));
    }

    private static StoryBody form(byte[] body, String contentType) throws IOException {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        Optional<StoryBody> story = Optional.empty();
        Map<String, List<String>> fields = new LinkedHashMap<>();
        // In memory only: the body is bounded already.
        HttpPostMultipartRequestDecoder decoder;
        try {
            decoder = new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
        } catch (ErrorDataDecoderException e) {
            throw malformed();
        }
        try {
            for (InterfaceHttpData part : decoder.getBodyHttpDatas()) {
                if (part.getName().equals(STORY)) {
                    if (story.isPresent()) {
                        throw ProblemException.badInput(STORY, "the form holds several stories", "send one");
                    }
                    story = Optional.of(part instanceof FileUpload file ? new StoryBody(file.get(), Optional.ofNullable(file.getFilename()).filter(n -> !n.isBlank()), fields)
                            : new StoryBody(((Attribute) part).get(), Optional.empty(), fields));
                } else if (part instanceof Attribute field) {
                    fields.computeIfAbsent(field.getName(), n -> new ArrayList<>()).add(field.getString(StandardCharsets.UTF_8));
                } else {
                    fields.computeIfAbsent(part.getName(), n -> new ArrayList<>()).add("");
                }
            }
        } catch (ErrorDataDecoderException e) {
            throw malformed();
        } finally {
            decoder.destroy();
        }
        return story.orElseThrow(() -> ProblemException.badInput(STORY, "the form holds no story", "send the story as a file or field named story"));
    }

    private static ProblemException malformed() {
        return ProblemException.badInput(STORY, "the form cannot be read", "send multipart/form-data as browsers and curl -F do");
    }
}
