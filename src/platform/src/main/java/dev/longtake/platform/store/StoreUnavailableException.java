package dev.longtake.platform.store;

/** The object store is away, slow or full. Try again later; the work itself is not at fault. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
