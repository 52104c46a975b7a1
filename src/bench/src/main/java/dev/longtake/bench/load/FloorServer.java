package dev.longtake.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers every request with the same bytes: a thread for each connection reads to the empty line and writes. What this does under a load, no server of the
 * same machine under the same load exceeds by much; it is the floor that reads are compared to.
 */
public final class FloorServer implements AutoCloseable {
    private static final int END = '\r' << 24 | '\n' << 16 | '\r' << 8 | '\n';

    private final ServerSocket listening;
    private final byte[] answer;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** @param body of every answer */
    public FloorServer(byte[] body) throws IOException {
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        answer = new byte[head.length + body.length];
        System.arraycopy(head, 0, answer, 0, head.length);
        System.arraycopy(body, 0, answer, head.length, body.length);
        listening = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        start(this::accept, "floor-accept");
    }

    private static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                open.add(socket);
                start(() -> serve(socket), "floor");
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        byte[] buffer = new byte[8 << 10];
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            int last = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    last = last << 8 | buffer[i] & 0xff;
                    if (last == END) {
                        out.write(answer);
                    }
                }
            }
        } catch (IOException e) {
            // The client is gone.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
