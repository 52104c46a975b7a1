package dev.longtake.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

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

    /**
     * A port that a server keeps from one run to the next, so that services in other processes find it again after it was restarted.
     * Another one, if somebody else has taken it meanwhile.
     *
     * @param file where it is kept
     */
    static int kept(String server, Path file) throws IOException {
        int port;
        try {
            port = claim(server, Integer.parseInt(Files.readString(file).strip()));
        } catch (NoSuchFileException | NumberFormatException | PortInUseException e) {
            port = claim(server, 0);
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, Integer.toString(port));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return port;
    }
}
