package dev.longtake.media.picture;

/**
 * What a picture may be, judged by its header, before a pixel is decoded.
 *
 * @param bytes  of the file
 * @param pixels width times height: a file of a few kilobytes can claim billions
 */
public record PictureLimits(int bytes, long pixels) {
    public static final PictureLimits DEFAULT = new PictureLimits(10 << 20, 25_000_000);

    public PictureLimits {
        if (bytes < 1 || pixels < 1) {
            throw new IllegalArgumentException("limits of " + bytes + " bytes and " + pixels + " pixels let nothing through");
        }
    }
}
