package dev.longtake.gateway.hls;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a playlist calls a fragment, or some that follow one another.
 *
 * @param first number of the first
 * @param last  and of the last
 */
record FragmentName(int first, int last) {
    /** A frame lasts a second or less in all but the strangest films; an entry is four seconds and a fragment. */
    private static final int MOST = 1_000;
    private static final Pattern NAME = Pattern.compile("(?:(0|[1-9]\\d{0,8})-)?(0|[1-9]\\d{0,8})\\.m4s");

    static Optional<FragmentName> parse(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int last = Integer.parseInt(matcher.group(2));
        int first = matcher.group(1) == null ? last : Integer.parseInt(matcher.group(1));
        return Optional.of(new FragmentName(first, last)).filter(n -> n.first() <= n.last() && n.last() - n.first() < MOST);
    }
}
