package dev.longtake.gateway.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpData;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The parts of a form (multipart/form-data), in memory: the body is bounded before it is taken apart. */
public final class FormBody {
    /** What is read and thrown away of a body that is too large, so that a client that is still sending gets to read the answer. */
    private static final long DRAIN = 64L << 20;

    private FormBody() {}

    /** A part. @param fileName empty if it is a field; may be blank */
    public record Part(String name, Optional<String> fileName, byte[] bytes) {
        public boolean isFile() {
            return fileName.isPresent();
        }
    }

    /** The body cannot be taken apart. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * A body of at most {@code limit} bytes.
     *
     * @param tooLarge makes the answer to a larger one of its beginning
     */
    public static byte[] limited(InputStream body, int limit, Function<byte[], ProblemException> tooLarge) throws IOException {
        byte[] bytes = body.readNBytes(limit + 1);
        if (bytes.length <= limit) {
            return bytes;
        }
        byte[] away = new byte[64 << 10];
        long drained = 0;
        for (int n = body.read(away); n >= 0 && drained < DRAIN; n = body.read(away)) {
            drained += n;
        }
        throw tooLarge.apply(bytes);
    }

    /** @param type of the whole body, with its boundary */
    public static List<Part> parts(byte[] body, MediaType type, String contentType) throws MalformedException, IOException {
        if (type.getParameters().getOrDefault("boundary", "").isBlank()) {
            throw new MalformedException();
        }
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        List<Part> parts = new ArrayList<>();
        HttpPostMultipartRequestDecoder decoder = null;
        try {
            decoder = new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
            for (InterfaceHttpData part : decoder.getBodyHttpDatas()) {
                Optional<String> fileName = part instanceof FileUpload file ? Optional.of(Optional.ofNullable(file.getFilename()).orElse("")) : Optional.empty();
                parts.add(new Part(part.getName(), fileName, ((HttpData) part).get()));
            }
        } catch (RuntimeException e) {
            // The decoder answers some malformed forms with whatever its code runs into (a part's parameter without a value: an index out of bounds; a charset
            // that there is not: an illegal argument), and nothing but it and the bytes it was given takes part here.
            throw new MalformedException();
        } finally {
            if (decoder != null) {
                decoder.destroy();
            }
        }
        return parts;
    }
}
