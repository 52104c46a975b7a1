package dev.longtake.platform.store;

/** There is no object of that key. */
public final class ObjectMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    public ObjectMissingException(String key) {
        super("no object " + key);
    }
}
