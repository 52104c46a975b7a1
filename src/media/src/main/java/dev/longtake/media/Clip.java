package dev.longtake.media;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A clip taken apart: a header ({@code ftyp}, {@code moov}) and fragments ({@code moof}, {@code mdat}), frames evenly spaced from frame
 * 0, as {@link ClipEncoder} writes them. Anything else is refused here, in Java, before native code sees it.
 */
public final class Clip {
    /** "default-base-is-moof": places are counted from the fragment, which may therefore be moved. */
    private static final int BASE_IS_MOOF = 0x020000;
    private static final int NOT_A_KEY_FRAME = 0x010000;

    private final byte[] bytes;
    private final ByteBuffer file;
    private final int headerBytes;
    private final List<Fragment> fragments = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();
    private int ticks;

    /** One encoded frame: where its bytes lie. */
    record Sample(int offset, int size, boolean key) {}

    /** Where a fragment lies, in it the two fields that say when it is shown, and which frames it shows. */
    private record Fragment(int start, int end, int sequenceAt, int timeAt, int firstFrame, int frames) {}

    /** Fragments of a clip as they stand in a film. @param frames how many they show */
    public record Piece(int frames, byte[] bytes) {}

    private Clip(byte[] bytes) throws BadClipException {
        this.bytes = bytes;
        this.file = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
        List<Box> boxes = Box.in(file, 0, bytes.length);
        Box moov = Box.only(boxes, "moov");
        if (boxes.size() < 2 || !boxes.get(0).type().equals("ftyp") || boxes.get(1) != moov) {
            throw new BadClipException("a clip does not begin with what describes it");
        }
        int timescale = moov.child(file, "trak").child(file, "mdia").child(file, "mdhd").content(file).position(12).getInt();
        if (timescale != ClipFormat.TIMESCALE) {
            throw new BadClipException("a clip counts " + timescale + " ticks a second, not " + ClipFormat.TIMESCALE);
        }
        this.headerBytes = moov.end();
        for (int i = 0; i < boxes.size(); i++) {
            if (boxes.get(i).type().equals("moof")) {
                if (i + 1 == boxes.size() || !boxes.get(i + 1).type().equals("mdat")) {
                    throw new BadClipException("a clip's fragment has no pictures");
                }
                fragment(boxes.get(i), boxes.get(i + 1));
            }
        }
        if (samples.isEmpty()) {
            throw new BadClipException("a clip without frames");
        }
    }

    /** @param bytes not copied: do not change them afterwards */
    public static Clip parse(byte[] bytes) throws BadClipException {
        try {
            return new Clip(bytes);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new BadClipException("a clip is damaged: a box ends early", e);
        }
    }

    private void fragment(Box moof, Box mdat) throws BadClipException {
        Box mfhd = moof.child(file, "mfhd");
        Box traf = moof.child(file, "traf");
        Box tfdt = traf.child(file, "tfdt");
        ByteBuffer defaults = traf.child(file, "tfhd").content(file);
        int flags = defaults.getInt();
        defaults.getInt();
        if ((flags & BASE_IS_MOOF) == 0 || (flags & 0x1) != 0) {
            throw new BadClipException("a clip's fragment cannot be moved");
        }
        skipIf(defaults, flags, 0x2);
        int duration = (flags & 0x8) == 0 ? 0 : defaults.getInt();
        int size = (flags & 0x10) == 0 ? 0 : defaults.getInt();
        int sampleFlags = (flags & 0x20) == 0 ? 0 : defaults.getInt();
        ByteBuffer time = tfdt.content(file);
        boolean wide = time.getInt() >>> 24 == 1;
        if (!wide || time.getLong() != (long) samples.size() * (samples.isEmpty() ? 0 : ticks)) {
            throw new BadClipException("a clip's fragments do not follow one another");
        }
        int before = samples.size();
        samples(traf.child(file, "trun").content(file), duration, size, sampleFlags, moof, mdat);
        if (samples.size() == before) {
            throw new BadClipException("a clip's fragment shows nothing");
        }
        fragments.add(new Fragment(moof.start(), mdat.end(), mfhd.body() + 4, tfdt.body() + 4, before, samples.size() - before));
    }

    private void samples(ByteBuffer run, int defaultDuration, int defaultSize, int defaultFlags, Box moof, Box mdat) throws BadClipException {
        int flags = run.getInt();
        int count = run.getInt();
        int at = (flags & 0x1) == 0 ? mdat.body() : moof.start() + run.getInt();
        int firstFlags = (flags & 0x4) == 0 ? defaultFlags : run.getInt();
        for (int i = 0; i < count; i++) {
            int duration = (flags & 0x100) == 0 ? defaultDuration : run.getInt();
            int size = (flags & 0x200) == 0 ? defaultSize : run.getInt();
            int sampleFlags = (flags & 0x400) != 0 ? run.getInt() : i == 0 ? firstFlags : defaultFlags;
            boolean key = (sampleFlags & NOT_A_KEY_FRAME) == 0;
            skipIf(run, flags, 0x800);
            ticks = samples.isEmpty() ? duration : ticks;
            if (duration != ticks || ticks < 1 || i == 0 && !key) {
                throw new BadClipException("a clip is damaged at frame " + samples.size());
            }
            if (at < mdat.body() || size < 1 || size > mdat.end() - at) {
                throw new BadClipException("frame " + samples.size() + " of a clip lies outside it");
            }
            units(at, at + size);
            samples.add(new Sample(at, size, key));
            at += size;
        }
    }

    /** A frame is NAL units, each with its length before it (ISO 14496-15), and nothing besides. */
    private void units(int from, int to) throws BadClipException {
        long at = from;
        while (at < to) {
            at += to - at < 4 ? to : 4 + (file.getInt((int) at) & 0xffffffffL);
        }
        if (at != to) {
            throw new BadClipException("frame " + samples.size() + " of a clip is damaged");
        }
    }

    private static void skipIf(ByteBuffer in, int flags, int flag) {
        if ((flags & flag) != 0) {
            in.getInt();
        }
    }

    public int frames() {
        return samples.size();
    }

    public int fragmentCount() {
        return fragments.size();
    }

    /** Ticks between frames; there are 90,000 in a second. */
    public int ticks() {
        return ticks;
    }

    List<Sample> samples() {
        return samples;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The header: the same for all clips that can stand in one film, whatever they show. */
    public byte[] header() {
        return Arrays.copyOf(bytes, headerBytes);
    }

    /**
     * The fragments as they stand in a film: shown from a frame of it on, and counted on. To be played after {@link #header()}.
     *
     * @param firstFrame    the film's frame that this clip's first one is
     * @param firstSequence number of its first fragment; the next clip's is {@link #fragmentCount()} higher
     */
    public byte[] fragments(long firstFrame, int firstSequence) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < fragments.size(); i++) {
            out.writeBytes(moved(fragments.get(i), firstFrame, firstSequence + i));
        }
        return out.toByteArray();
    }

    /**
     * The same in pieces, none longer than wanted unless it is a single fragment. What lies before, between and behind fragments ({@code sidx},
     * {@code styp}, {@code mfra}) is left out: it would be wrong in a film. A fragment's number is one more than that of the film's frame it begins with:
     * it rises, as players want it, and follows from the clip's place alone.
     *
     * @param firstFrame the film's frame that this clip's first one is
     * @param longest    ticks
     */
    public List<Piece> pieces(long firstFrame, long longest) {
        List<Piece> pieces = new ArrayList<>();
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        int frames = 0;
        for (Fragment f : fragments) {
            if (frames > 0 && (long) (frames + f.frames()) * ticks > longest) {
                pieces.add(new Piece(frames, piece.toByteArray()));
                piece.reset();
                frames = 0;
            }
            piece.writeBytes(moved(f, firstFrame, Math.toIntExact(firstFrame + f.firstFrame() + 1)));
            frames += f.frames();
        }
        pieces.add(new Piece(frames, piece.toByteArray()));
        return pieces;
    }

    private byte[] moved(Fragment f, long firstFrame, int sequence) {
        byte[] moved = Arrays.copyOfRange(bytes, f.start(), f.end());
        ByteBuffer fields = ByteBuffer.wrap(moved);
        fields.putInt(f.sequenceAt() - f.start(), sequence);
        int time = f.timeAt() - f.start();
        fields.putLong(time, fields.getLong(time) + firstFrame * ticks);
        return moved;
    }
}
