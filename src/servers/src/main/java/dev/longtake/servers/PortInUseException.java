package dev.longtake.servers;

/** A port that was asked for by number is taken. */
public final class PortInUseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int port;

    public PortInUseException(String server, int port) {
        super("port " + port + " for " + server + " is in use");
        this.port = port;
    }

    public int port() {
        return port;
    }
}
