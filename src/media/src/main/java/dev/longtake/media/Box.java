package dev.longtake.media;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A box of an MP4 file (ISO 14496-12, section 4.2).
 *
 * @param type  four letters
 * @param start where its header begins
 * @param body  where its content begins
 * @param end   where the next box begins
 */
record Box(String type, int start, int body, int end) {
    private static final int HEADER = 8;

    /** The boxes between two places, which they must fill exactly. */
    static List<Box> in(ByteBuffer file, int from, int to) throws BadClipException {
        List<Box> boxes = new ArrayList<>();
        int at = from;
        while (at < to) {
            long size = to - at < HEADER ? 0 : file.getInt(at) & 0xffffffffL;
            if (size < HEADER || size > to - at) {
                throw new BadClipException("a clip is cut short or damaged at byte " + at);
            }
            byte[] type = new byte[4];
            file.get(at + 4, type);
            boxes.add(new Box(new String(type, StandardCharsets.ISO_8859_1), at, at + HEADER, at + (int) size));
            at += (int) size;
        }
        return boxes;
    }

    List<Box> children(ByteBuffer file) throws BadClipException {
        return in(file, body, end);
    }

    /** The only child of a type. */
    Box child(ByteBuffer file, String wanted) throws BadClipException {
        return only(children(file), wanted);
    }

    static Box only(List<Box> boxes, String wanted) throws BadClipException {
        List<Box> found = boxes.stream().filter(b -> b.type().equals(wanted)).toList();
        if (found.size() != 1) {
            throw new BadClipException("a clip has " + found.size() + " boxes \"" + wanted + "\" where one belongs");
        }
        return found.get(0);
    }

    /** The content, to be read from its beginning; reading past its end throws {@link java.nio.BufferUnderflowException}. */
    ByteBuffer content(ByteBuffer file) {
        return file.slice(body, end - body);
    }
}
