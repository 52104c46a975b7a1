package dev.longtake.media.picture;

/** Bytes that no frame can be made of. */
public final class BadPictureException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String fix;

    /** @param message what is wrong. @param fix what to do about it */
    public BadPictureException(String message, String fix) {
        super(message);
        this.fix = fix;
    }

    public String fix() {
        return fix;
    }
}
