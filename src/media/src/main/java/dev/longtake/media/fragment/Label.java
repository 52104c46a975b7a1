package dev.longtake.media.fragment;

import dev.longtake.media.BadClipException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in front of a fragment in the store: which fragments there are up to it. It lies in a {@code free} box (ISO 14496-12, section 8.1.2),
 * which players pass over, and not in an object of its own, so that a fragment and what is said of it appear at once and never differ.
 *
 * <p>A label tells of the fragments of its block only; where a block begins, the fragment before tells of the block before. So a label has
 * bounded size, whoever finds the newest fragment of a film can walk back through all of them, and the newest entries of a playlist take one or two
 * labels however long the film is.
 *
 * <p>Entries follow from the fragments alone, so they are the same whoever asks, and an entry never changes once it is closed. In the first seconds
 * of a film every fragment is an entry, for whoever waits for a first picture; later ones are gathered until they last long enough.
 *
 * @param ticks    of a frame; a second has {@link #TIMESCALE}
 * @param segments how many segments of the film are whole, up to and with this fragment
 * @param parts    how many fragments there are of the segment that is not
 * @param first    number of the block's first fragment
 * @param frame    the film's frame that the block begins with
 * @param entries  how many entries there are before the block
 * @param shown    the block's fragments, this one last
 */
public record Label(int ticks, int segments, int parts, int first, long frame, int entries, List<Shown> shown) {
    /** Ticks of a second. */
    public static final int TIMESCALE = 90_000;
    /** A fragment is cut where it would become longer than this (ticks): the bound of what a player has to wait for. */
    public static final long LONGEST_FRAGMENT = 2L * TIMESCALE;
    /** An entry ends where it is as long as this (ticks); so it is at most as long as this and a fragment, less a tick. */
    public static final long LONG_ENOUGH = 4L * TIMESCALE;
    /** Bytes of the longest label that is read. */
    private static final int MOST_BYTES = 256 << 10;
    private static final int USUAL_BYTES = 4 << 10;
    private static final int ENTRIES_OF_A_BLOCK = 64;
    private static final int MOST_SHOWN = 100_000;
    private static final int HEADER = 8;
    private static final int FREE = 0x66726565;
    private static final String MAGIC = "longtake-fragments-1";
    private static final Pattern RUN = Pattern.compile("(\\d{1,9})(?:\\*(\\d{1,6}))?");
    private static final Pattern INIT = Pattern.compile("[=!]([0-9a-f]{16})");

    /** A fragment. @param frames how many it shows. @param init digest of what describes it: 16 hex digits. @param anew whether that is another than the fragment's before */
    public record Shown(int frames, String init, boolean anew) {}

    public Label {
        shown = List.copyOf(shown);
        if (ticks < 1 || segments < 0 || parts < 0 || first < 0 || frame < 0 || entries < 0 || shown.isEmpty() || shown.stream().anyMatch(s -> s.frames() < 1)) {
            throw new IllegalArgumentException("no label");
        }
    }

    /** Of a film's first fragment. @param whole whether it is all of its segment */
    public static Label first(int ticks, int frames, String init, boolean whole) {
        return new Label(ticks, whole ? 1 : 0, whole ? 0 : 1, 0, 0, 0, List.of(new Shown(frames, init, false)));
    }

    /** Of the fragment behind this one. @param whole whether its segment is whole with it */
    public Label next(int frames, String init, boolean whole) {
        Shown last = shown.get(shown.size() - 1);
        Shown next = new Shown(frames, init, !init.equals(last.init()));
        List<Entry> laid = laidOut();
        boolean between = next.anew() || !laid.get(laid.size() - 1).open();
        int done = segments + (whole ? 1 : 0);
        int begun = whole ? 0 : parts + 1;
        if (between && laid.size() >= ENTRIES_OF_A_BLOCK) {
            return new Label(ticks, done, begun, number() + 1, endFrame(), entries + laid.size(), List.of(next));
        }
        List<Shown> all = new ArrayList<>(shown);
        all.add(next);
        return new Label(ticks, done, begun, first, frame, entries, all);
    }

    /** This fragment's number, from 0. */
    public int number() {
        return first + shown.size() - 1;
    }

    /** The film's frame after this fragment. */
    public long endFrame() {
        return frame + shown.stream().mapToLong(Shown::frames).sum();
    }

    /** What describes this fragment. */
    public String init() {
        return shown.get(shown.size() - 1).init();
    }

    /** The block's entries, in order; the last may be open. */
    public List<Entry> laidOut() {
        List<Entry> laid = new ArrayList<>();
        long at = frame;
        int number = first;
        for (Shown s : shown) {
            int last = laid.size() - 1;
            if (last >= 0 && laid.get(last).open() && !s.anew()) {
                Entry grown = laid.get(last).with(s.frames(), true);
                laid.set(last, isLongEnough(grown) ? grown.closed() : grown);
            } else {
                if (last >= 0) {
                    laid.set(last, laid.get(last).closed());
                }
                Entry begun = new Entry(number, number, at, s.frames(), s.init(), s.anew(), true);
                laid.add(isLongEnough(begun) ? begun.closed() : begun);
            }
            at += s.frames();
            number++;
        }
        return laid;
    }

    private boolean isLongEnough(Entry entry) {
        return entry.firstFrame() * ticks < LONG_ENOUGH || (long) entry.frames() * ticks >= LONG_ENOUGH;
    }

    /** The box. */
    public byte[] toBytes() {
        StringBuilder text = new StringBuilder(MAGIC).append(' ').append(ticks).append(' ').append(segments).append(' ').append(parts).append(' ').append(first).append(' ').append(frame)
                .append(' ').append(entries);
        for (int i = 0; i < shown.size(); ) {
            Shown s = shown.get(i);
            if (i == 0 || s.anew()) {
                text.append(' ').append(s.anew() ? '!' : '=').append(s.init());
            }
            int run = 1;
            while (i + run < shown.size() && shown.get(i + run).frames() == s.frames() && !shown.get(i + run).anew()) {
                run++;
            }
            text.append(' ').append(s.frames()).append(run > 1 ? "*" + run : "");
            i += run;
        }
        byte[] ascii = text.toString().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(HEADER + ascii.length).putInt(HEADER + ascii.length).putInt(FREE).put(ascii).array();
    }

    /** Gives out the beginning of a fragment. @param <E> what it throws if it cannot */
    @FunctionalInterface
    public interface Source<E extends Exception> {
        /** @return as many bytes, or fewer if the fragment has no more */
        byte[] first(int bytes) throws E;
    }

    /** Reads a fragment's label and little more. */
    public static <E extends Exception> Label read(Source<E> fragment) throws BadClipException, E {
        byte[] beginning = fragment.first(USUAL_BYTES);
        int size = size(beginning);
        return parse(size <= beginning.length ? beginning : fragment.first(size));
    }

    /** How many bytes the label has with which a fragment begins. @param beginning eight bytes of it or more */
    public static int size(byte[] beginning) throws BadClipException {
        ByteBuffer box = ByteBuffer.wrap(beginning);
        int size = beginning.length < HEADER ? 0 : box.getInt();
        if (size < HEADER || size > MOST_BYTES || box.getInt() != FREE) {
            throw new BadClipException("a fragment has no label");
        }
        return size;
    }

    /** @param fragment as much of a fragment as its label, or more. @throws BadClipException if it does not begin with a label */
    public static Label parse(byte[] fragment) throws BadClipException {
        int size = size(fragment);
        if (size > fragment.length) {
            throw new BadClipException("a fragment's label is cut short");
        }
        String[] words = new String(fragment, HEADER, size - HEADER, StandardCharsets.US_ASCII).split(" ");
        try {
            if (words.length < 9 || !words[0].equals(MAGIC)) {
                throw new BadClipException("a fragment's label is of another version");
            }
            return new Label(Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]), Long.parseLong(words[5]), Integer.parseInt(words[6]),
                    shown(words));
        } catch (IllegalArgumentException e) {
            throw new BadClipException("a fragment's label is damaged", e);
        }
    }

    private static List<Shown> shown(String[] words) throws BadClipException {
        List<Shown> shown = new ArrayList<>();
        String init = "";
        boolean anew = false;
        for (int i = 7; i < words.length; i++) {
            Matcher described = INIT.matcher(words[i]);
            Matcher run = RUN.matcher(words[i]);
            if (described.matches()) {
                init = described.group(1);
                anew = words[i].startsWith("!");
            } else if (run.matches() && !init.isEmpty()) {
                int count = run.group(2) == null ? 1 : Integer.parseInt(run.group(2));
                if (count < 1 || shown.size() + count > MOST_SHOWN) {
                    throw new BadClipException("a fragment's label is damaged");
                }
                for (int k = 0; k < count; k++) {
                    shown.add(new Shown(Integer.parseInt(run.group(1)), init, anew));
                    anew = false;
                }
            } else {
                throw new BadClipException("a fragment's label is damaged");
            }
        }
        return shown;
    }
}
