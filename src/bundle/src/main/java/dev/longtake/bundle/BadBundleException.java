package dev.longtake.bundle;

/** A bundle that this build cannot run, with the reason. */
public class BadBundleException extends Exception {
    private static final long serialVersionUID = 1L;

    public BadBundleException(String message) {
        super(message);
    }

    public BadBundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
