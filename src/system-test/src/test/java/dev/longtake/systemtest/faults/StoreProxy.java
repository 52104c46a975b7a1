package dev.longtake.systemtest.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between the services and the object store, and behaves as bad stores do. It passes bytes on, so signatures stay valid; a change
 * of its mood ends every connection, as a load balancer does that loses its backend.
 */
final class StoreProxy implements AutoCloseable {
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final int BUFFER = 16 << 10;
    /** Far less than a clip, more than a head. */
    private static final int CUT_AFTER = 6_000;
    private static final int SLOW_BYTES = 8 << 10;
    private static final long SLOW_PAUSE_MILLIS = 120;
    private static final long SLOW_LATENCY_MILLIS = 700;

    private final InetSocketAddress behind;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger harmed = new AtomicInteger();
    private volatile Mood mood = Mood.GOOD;

    /** How it behaves. */
    enum Mood {
        GOOD,
        /** Answers 503 to everything. */
        BUSY,
        /** Refuses what is written, as MinIO does on a full disk: 507. Reading works. */
        FULL,
        /** Late, and at about 65 kB/s. */
        SLOW,
        /** Ends every upload in its middle. */
        CUT
    }

    StoreProxy(InetSocketAddress behind) throws IOException {
        this.behind = behind;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept, "store-proxy");
    }

    private static void thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** From now on it behaves so. */
    void is(Mood now) {
        mood = now;
        harmed.set(0);
        open.forEach(StoreProxy::close);
    }

    /** Requests that were refused, slowed down or cut since its mood last changed. */
    int harmed() {
        return harmed.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                thread(() -> serve(client), "store-proxy-client");
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        Mood now = mood;
        try (client) {
            switch (now) {
                case BUSY -> answer(client, client.getInputStream(), readHead(client.getInputStream()), "503 Service Unavailable", "SlowDown");
                case FULL -> full(client);
                default -> pass(client, new byte[0], now);
            }
        } catch (IOException | UncheckedIOException e) {
            // The other side went away, or we did.
        } finally {
            open.remove(client);
        }
    }

    private void full(Socket client) throws IOException {
        byte[] head = readHead(client.getInputStream());
        String text = new String(head, StandardCharsets.US_ASCII);
        if (text.startsWith("PUT") || text.startsWith("POST")) {
            answer(client, client.getInputStream(), head, "507 Insufficient Storage", "XMinioStorageFull");
        } else {
            // One request a connection, so that the next is looked at again.
            pass(client, text.replaceFirst("\r\n", "\r\nConnection: close\r\n").getBytes(StandardCharsets.US_ASCII), Mood.GOOD);
        }
    }

    /** The head of a request, the empty line included. */
    private static byte[] readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < END_OF_HEAD.length()) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("ended in its head");
            }
            head.write(b);
            matched = b == END_OF_HEAD.charAt(matched) ? matched + 1 : b == '\r' ? 1 : 0;
        }
        return head.toByteArray();
    }

    private void answer(Socket client, InputStream in, byte[] head, String status, String code) throws IOException {
        harmed.incrementAndGet();
        long length = new String(head, StandardCharsets.US_ASCII).lines().filter(l -> l.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToLong(l -> Long.parseLong(l.substring(l.indexOf(':') + 1).strip())).findFirst().orElse(0);
        in.skipNBytes(length);
        byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>by order of a test</Message></Error>").getBytes(StandardCharsets.US_ASCII);
        OutputStream out = client.getOutputStream();
        out.write(("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        if (!new String(head, StandardCharsets.US_ASCII).startsWith("HEAD")) {
            out.write(body);
        }
        out.flush();
    }

    private void pass(Socket client, byte[] already, Mood now) throws IOException {
        try (Socket store = new Socket()) {
            store.connect(behind, 5_000);
            open.add(store);
            try {
                store.getOutputStream().write(already);
                thread(() -> copy(store, client, now == Mood.SLOW, Integer.MAX_VALUE), "store-proxy-answers");
                copy(client, store, now == Mood.SLOW, now == Mood.CUT ? CUT_AFTER : Integer.MAX_VALUE);
            } finally {
                open.remove(store);
            }
        }
    }

    private void copy(Socket from, Socket to, boolean slow, int cutAfter) {
        byte[] buffer = new byte[slow ? SLOW_BYTES : BUFFER];
        long passed = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            boolean fresh = true;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (slow) {
                    harmed.incrementAndGet();
                    Thread.sleep(fresh ? SLOW_LATENCY_MILLIS : SLOW_PAUSE_MILLIS);
                    fresh = n < buffer.length;
                }
                passed += n;
                if (passed > cutAfter) {
                    harmed.incrementAndGet();
                    out.write(buffer, 0, n / 2);
                    out.flush();
                    close(from);
                    close(to);
                    return;
                }
                out.write(buffer, 0, n);
                out.flush();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(StoreProxy::close);
    }
}
