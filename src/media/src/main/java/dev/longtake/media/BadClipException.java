package dev.longtake.media;

/** A clip that is cut short, damaged, or not like the others. */
public final class BadClipException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadClipException(String message) {
        super(message);
    }

    public BadClipException(String message, Throwable cause) {
        super(message, cause);
    }
}
