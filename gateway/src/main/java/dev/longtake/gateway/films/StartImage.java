package dev.longtake.gateway.films;

import dev.longtake.contract.Digests;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.film.story.Problem;
import dev.longtake.film.story.Story;
import dev.longtake.media.picture.BadPictureException;
import dev.longtake.media.picture.PictureLimits;
import dev.longtake.media.picture.PictureReader;
import dev.longtake.platform.store.ObjectStore;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The picture a film begins with, as it is stored: one frame of the film's size, so that no worker ever decodes what a stranger sent, and
 * the same picture sent as PNG or as JPEG is told apart only by its pixels.
 *
 * @param frame  as workers read it ({@code dev.longtake.engine.Frames})
 * @param digest of those bytes
 */
public record StartImage(byte[] frame, String digest) {
    public static final String FIELD = "start_image";
    private static final String DATA = "data:";
    private static final String BASE64 = ";base64,";

    /** Before the plan that names it, and beside it. */
    public void store(ObjectStore objects, String planKey) {
        objects.putIfAbsent(ObjectKeys.image(planKey, digest), frame, "application/octet-stream");
    }

    /**
     * @param uploaded bytes of a file
     * @param dataUrl  as a JSON story holds it, or {@link Story#NO_IMAGE}
     * @param problems what is wrong is added here
     * @return empty if there is none, or none that can be used
     */
    static Optional<StartImage> read(Optional<byte[]> uploaded, Optional<String> dataUrl, int width, int height, PictureLimits limits, List<Problem> problems) {
        if (uploaded.isPresent() && dataUrl.isPresent()) {
            boolean none = dataUrl.get().equals(Story.NO_IMAGE);
            problems.add(none ? new Problem(FIELD, "the story says that there is none, and one is sent beside it", "leave out one of the two")
                    : new Problem(FIELD, "there is one in the story and another beside it", "give one"));
            return Optional.empty();
        }
        try {
            Optional<byte[]> file = uploaded.isPresent() ? uploaded : decoded(dataUrl.filter(url -> !url.equals(Story.NO_IMAGE)), limits);
            if (file.isEmpty()) {
                return Optional.empty();
            }
            byte[] frame = PictureReader.read(file.get(), width, height, limits).toBytes();
            return Optional.of(new StartImage(frame, Digests.sha256(frame)));
        } catch (BadPictureException e) {
            problems.add(new Problem(FIELD, e.getMessage(), e.fix()));
            return Optional.empty();
        }
    }

    private static Optional<byte[]> decoded(Optional<String> dataUrl, PictureLimits limits) throws BadPictureException {
        return dataUrl.isEmpty() ? Optional.empty() : Optional.of(decoded(dataUrl.get(), limits));
    }

    /** The file in a data URL of a picture; nothing is known of the picture yet. */
    public static byte[] decoded(String url, PictureLimits limits) throws BadPictureException {
        int comma = url.indexOf(BASE64);
        if (!url.regionMatches(true, 0, DATA, 0, DATA.length()) || comma < 0 || !url.substring(0, comma).toLowerCase(Locale.ROOT).startsWith("data:image/")) {
            throw new BadPictureException("not a data URL of a picture", "write data:image/png;base64,\u2026, or send the file as a form's part start_image");
        }
        int length = url.length() - comma - BASE64.length();
        if (length / 4 * 3L > limits.bytes() + 2L) {
            throw PictureReader.tooManyBytes(limits);
        }
        try {
            return Base64.getDecoder().decode(url.substring(comma + BASE64.length()));
        } catch (IllegalArgumentException e) {
            throw new BadPictureException("its Base64 is damaged", "encode the file again, without line breaks");
        }
    }
}
