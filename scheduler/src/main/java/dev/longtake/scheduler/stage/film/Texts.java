package dev.longtake.scheduler.stage.film;

/** Texts of others, made fit for a summary of bounded size. */
final class Texts {
    private static final int REPLACEMENT = 0xfffd;

    private Texts() {}

    /** The text on one line, without halves of characters, cut to at most so many bytes of UTF-8. */
    static String brief(String text, int bytes) {
        StringBuilder out = new StringBuilder();
        int left = bytes;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            c = Character.isISOControl(c) ? ' ' : c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c;
            int size = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (size > left - (at < text.length() ? 3 : 0)) {
                return out.append('…').toString();
            }
            left -= size;
            out.appendCodePoint(c);
        }
        return out.toString();
    }
}
