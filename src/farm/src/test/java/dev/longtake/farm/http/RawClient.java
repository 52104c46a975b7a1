package dev.longtake.farm.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection over which exactly these bytes go, whatever a client would think of them. */
final class RawClient implements AutoCloseable {
    /** How long anything may take that is not slow on purpose. */
    static final Duration SOON = Duration.ofSeconds(20);
    private static final int ENOUGH = 32 << 20;

    private final Socket socket;

    RawClient(URI root) throws IOException {
        socket = new Socket("127.0.0.1", root.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) SOON.toMillis());
    }

    /** One that has little room for what it does not read. */
    static RawClient small(URI root) throws IOException {
        return new RawClient(root, 4 << 10);
    }

    private RawClient(URI root, int buffer) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(buffer);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", root.getPort()));
        socket.setSoTimeout((int) SOON.toMillis());
    }

    /** @param text every character a byte */
    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            // It was hung up on in the middle, which may be right: what was answered says so.
        }
        return this;
    }

    /** @return whether the other side still takes bytes; that it has closed shows only after some */
    boolean trickle(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Nothing more is sent. */
    void end() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    /** All that comes until the other side closes. @throws java.net.SocketTimeoutException if it does not, {@link #SOON} */
    String rest() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[64 << 10];
            for (int n = in.read(buffer); n >= 0 && all.size() < ENOUGH; n = in.read(buffer)) {
                all.write(buffer, 0, n);
            }
        } catch (SocketException e) {
            // Reset: what was sent to it was not all read.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Bytes until this text has come, it included. */
    String until(String text) throws IOException {
        StringBuilder all = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (all.indexOf(text) < 0) {
            int read = in.read();
            if (read < 0) {
                throw new IOException("closed after: " + all);
            }
            all.append((char) read);
        }
        return all.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
