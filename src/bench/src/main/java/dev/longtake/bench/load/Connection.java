package dev.longtake.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A kept connection that is asked one thing after another. A full HTTP client would take more of the two cores than the request that it sends; this one
 * knows exactly what benchmarks need: HTTP/1.1 answers with a {@code Content-Length}, or in chunks without trailers.
 */
final class Connection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final byte[] LENGTH = "\r\ncontent-length:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "\r\ntransfer-encoding: chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LINE = {'\r', '\n'};
    private static final byte[] END = {'\r', '\n', '\r', '\n'};

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private byte[] buffer = new byte[16 << 10];
    private int filled;

    Connection(InetSocketAddress server) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Sends a request and reads all of its answer. @throws IOException also if the answer is not of the kind that this reads */
    Answer ask(byte[] request) throws IOException {
        out.write(request);
        filled = 0;
        int head = -1;
        int searched = 0;
        while (head < 0) {
            fill();
            head = indexOf(END, searched, filled);
            searched = Math.max(0, filled - END.length);
        }
        int body = head + END.length;
        if (indexOf(CHUNKED, 0, head) >= 0) {
            int length = chunks(body);
            // Only now: the buffer may have become another.
            return new Answer(status(), buffer, body, length);
        }
        int length = contentLength(head);
        while (filled < body + length) {
            fill();
        }
        if (filled != body + length) {
            throw new IOException("more was answered than was asked for");
        }
        return new Answer(status(), buffer, body, length);
    }

    /** Reads all chunks and moves what is in them together. @return bytes there were */
    private int chunks(int begin) throws IOException {
        int to = begin;
        int at = begin;
        while (true) {
            int line = indexOf(LINE, at, filled);
            while (line < 0) {
                fill();
                line = indexOf(LINE, at, filled);
            }
            int size = Integer.parseInt(new String(buffer, at, line - at, StandardCharsets.US_ASCII).strip(), 16);
            at = line + LINE.length;
            while (filled < at + size + LINE.length) {
                fill();
            }
            System.arraycopy(buffer, at, buffer, to, size);
            to += size;
            at += size + LINE.length;
            if (size == 0) {
                return to - begin;
            }
        }
    }

    private void fill() throws IOException {
        if (filled == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
            throw new EOFException("the server closed the connection");
        }
        filled += read;
    }

    private int status() {
        return (buffer[STATUS_AT] - '0') * 100 + (buffer[STATUS_AT + 1] - '0') * 10 + buffer[STATUS_AT + 2] - '0';
    }

    private int contentLength(int head) throws IOException {
        int at = indexOf(LENGTH, 0, head);
        if (at < 0) {
            throw new IOException("an answer without Content-Length");
        }
        int length = 0;
        for (int i = at + LENGTH.length; i < head && buffer[i] != '\r'; i++) {
            length = buffer[i] == ' ' ? length : length * 10 + buffer[i] - '0';
        }
        return length;
    }

    /** Letters are found in either case. */
    private int indexOf(byte[] what, int from, int until) {
        for (int i = from; i <= until - what.length; i++) {
            int j = 0;
            while (j < what.length && (buffer[i + j] == what[j] || lower(buffer[i + j]) == what[j])) {
                j++;
            }
            if (j == what.length) {
                return i;
            }
        }
        return -1;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** What was answered; the bytes are good until the next request. */
    record Answer(int status, byte[] bytes, int offset, int length) {
        String text() {
            return new String(bytes, offset, length, StandardCharsets.UTF_8);
        }
    }
}
