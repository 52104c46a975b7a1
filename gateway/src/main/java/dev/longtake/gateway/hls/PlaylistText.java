package dev.longtake.gateway.hls;

import dev.longtake.media.fragment.Entry;
import dev.longtake.media.fragment.Label;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes a media playlist. What it says of an entry never changes; while a film grows, the fragments of its newest entries are named one by one, too
 * ({@code EXT-X-PART}), so that nobody has to wait for an entry to be long enough. It begins at the film's beginning, which is where whoever watches a film
 * wants to begin, and not near its growing end.
 *
 * @param directory of the fragments, relative to the playlist, with a slash behind it
 * @param ticks     of a frame
 * @param over      whether nothing comes any more
 */
record PlaylistText(String directory, int ticks, boolean over) {
    private static final long MICROS = 1_000_000;
    private static final int TARGETS_SKIPPED_AFTER = 6;
    private static final int TARGETS_WITH_PARTS = 3;
    private static final int PARTS_HELD_BACK = 3;

    /**
     * Seconds that no entry is longer than, rounded. The same for all of a film's life, as players want it: it follows from how fragments are made and
     * not from what they are so far. One frame a second or slower makes fragments of one long frame.
     */
    int target() {
        return (int) Math.ceil((Label.LONG_ENOUGH + longestPart()) / (double) Label.TIMESCALE);
    }

    private long longestPart() {
        return Math.max(Label.LONGEST_FRAGMENT, ticks);
    }

    /** The first frame that is not skipped where what a player knows already may be left out. */
    long skipBoundary(Label newest) {
        return Math.max(0, newest.endFrame() - framesOf(TARGETS_SKIPPED_AFTER * target()));
    }

    private long framesOf(long seconds) {
        return (seconds * Label.TIMESCALE + ticks - 1) / ticks;
    }

    /** A growing or finished playlist. @param blocks the film's last ones. @param from entries that end at this frame or before are skipped; 0 for none */
    String grouped(List<Label> blocks, long from) {
        Label newest = blocks.get(blocks.size() - 1);
        List<Entry> shown = new ArrayList<>();
        int skipped = blocks.get(0).entries();
        for (Label block : blocks) {
            for (Entry entry : block.laidOut()) {
                boolean last = block == newest && entry.last() == newest.number();
                if (entry.endFrame() <= from && !last) {
                    skipped++;
                } else {
                    shown.add(last && !over ? entry : entry.closed());
                }
            }
        }
        StringBuilder out = new StringBuilder();
        head(out);
        if (skipped > 0) {
            out.append("#EXT-X-SKIP:SKIPPED-SEGMENTS=").append(skipped).append('\n');
        }
        map(out, directory + "init-" + shown.get(0).init() + ".mp4");
        long withParts = newest.endFrame() - framesOf(TARGETS_WITH_PARTS * target());
        for (int i = 0; i < shown.size(); i++) {
            Entry entry = shown.get(i);
            if (entry.anew()) {
                out.append("#EXT-X-DISCONTINUITY\n");
                if (i > 0) {
                    map(out, directory + "init-" + entry.init() + ".mp4");
                }
            }
            if (!over && (entry.open() || entry.endFrame() > withParts && entry.first() != entry.last())) {
                parts(out, newest, blocks, entry);
            }
            if (!entry.open()) {
                entry(out, entry.frames(), directory + (entry.first() == entry.last() ? "" : entry.first() + "-") + entry.last() + ".m4s");
            }
        }
        end(out);
        return out.toString();
    }

    private void parts(StringBuilder out, Label newest, List<Label> blocks, Entry entry) {
        for (Label block : blocks) {
            for (int n = Math.max(entry.first(), block.first()); n <= Math.min(entry.last(), block.number()); n++) {
                out.append("#EXT-X-PART:DURATION=").append(seconds((long) block.shown().get(n - block.first()).frames() * ticks)).append(",URI=\"").append(directory).append(n).append(".m4s\",INDEPENDENT=YES\n");
            }
        }
    }

    /** A finished playlist of single fragments. @param uri of a fragment's or description's name */
    String single(List<Label> blocks, UnaryOperator<String> uri) {
        StringBuilder out = new StringBuilder();
        head(out);
        Optional<String> described = Optional.empty();
        for (Label block : blocks) {
            for (int i = 0; i < block.shown().size(); i++) {
                Label.Shown shown = block.shown().get(i);
                if (!described.equals(Optional.of(shown.init()))) {
                    out.append(described.isPresent() ? "#EXT-X-DISCONTINUITY\n" : "");
                    map(out, uri.apply("init-" + shown.init() + ".mp4"));
                    described = Optional.of(shown.init());
                }
                entry(out, shown.frames(), uri.apply(block.first() + i + ".m4s"));
            }
        }
        end(out);
        return out.toString();
    }

    private void head(StringBuilder out) {
        out.append("#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:").append(target()).append("\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-START:TIME-OFFSET=0\n")
                .append("#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=").append(TARGETS_SKIPPED_AFTER * target());
        if (!over) {
            String part = seconds(longestPart());
            out.append(",PART-HOLD-BACK=").append(seconds(PARTS_HELD_BACK * longestPart())).append("\n#EXT-X-PART-INF:PART-TARGET=").append(part);
        }
        out.append("\n#EXT-X-MEDIA-SEQUENCE:0\n");
    }

    private static void map(StringBuilder out, String uri) {
        out.append("#EXT-X-MAP:URI=\"").append(uri).append("\"\n");
    }

    private void entry(StringBuilder out, long frames, String uri) {
        out.append("#EXTINF:").append(seconds(frames * ticks)).append(",\n").append(uri).append('\n');
    }

    private void end(StringBuilder out) {
        if (over) {
            out.append("#EXT-X-ENDLIST\n");
        }
    }

    /** Without needless digits: they are most of a long playlist. */
    private static String seconds(long ticks) {
        long micros = (ticks * MICROS + Label.TIMESCALE / 2) / Label.TIMESCALE;
        String fraction = String.format("%06d", micros % MICROS).replaceAll("0+$", "");
        return micros / MICROS + (fraction.isEmpty() ? "" : "." + fraction);
    }
}
