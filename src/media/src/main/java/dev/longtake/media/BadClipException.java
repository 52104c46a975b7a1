package dev.longtake.media;

/** A clip that is cut short, damaged, or not like the others. */
public final class BadClipException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean unlikeTheFirst;

    public BadClipException(String message) {
        this(message, null);
    }

    public BadClipException(String message, Throwable cause) {
        super(message, cause);
        this.unlikeTheFirst = false;
    }

    private BadClipException(String message, boolean unlikeTheFirst) {
        super(message);
        this.unlikeTheFirst = unlikeTheFirst;
    }

    static BadClipException unlikeTheFirst() {
        return new BadClipException("a clip was encoded with other settings than the film's first", true);
    }

    /** Whether the clip is whole but cannot stand in one film with the first: which of the two is at fault, nobody can say. */
    public boolean isUnlikeTheFirst() {
        return unlikeTheFirst;
    }
}
