package dev.longtake.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Ports on the loopback interface. */
public final class Ports {
    private Ports() {}

    /** @param asked a port, or 0 for a free one. @throws PortInUseException if the asked one is taken */
    public static int claim(String server, int asked) {
        try (ServerSocket socket = new ServerSocket()) {
            // Without address reuse a port stays refused for a minute after a crash.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), asked));
            return socket.getLocalPort();
        } catch (java.net.BindException e) {
            throw new PortInUseException(server, asked);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
