package dev.longtake.farm.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** A request's body: a story by itself, or a form of a story and a picture. */
record StoryForm(String contentType, byte[] body) {
    static StoryForm of(byte[] story, boolean json, Optional<byte[]> image) {
        if (image.isEmpty()) {
            return new StoryForm(json ? "application/json" : "text/plain; charset=utf-8", story);
        }
        // Drawn, so that no file contains it.
        String boundary = "longtake-" + UUID.randomUUID();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        part(out, boundary, "story", json ? "story.json" : "story.txt", story);
        part(out, boundary, "start_image", "start_image", image.get());
        out.writeBytes(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return new StoryForm("multipart/form-data; boundary=" + boundary, out.toByteArray());
    }

    private static void part(ByteArrayOutputStream out, String boundary, String name, String fileName, byte[] bytes) {
        out.writeBytes(("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + fileName + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(bytes);
        out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
}
