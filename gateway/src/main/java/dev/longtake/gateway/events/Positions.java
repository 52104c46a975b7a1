package dev.longtake.gateway.events;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a listener is: the last offset it was sent, by partition. An event's id says so: {@code partition-offset} for one film, whose events all lie in
 * one partition; several of them, with commas, for a tenant.
 */
final class Positions {
    private static final Pattern FORM = Pattern.compile("\\d{1,5}-\\d{1,18}(,\\d{1,5}-\\d{1,18}){0,255}");

    private Positions() {}

    /** @return empty if this is no id of an event */
    static Optional<Map<Integer, Long>> parse(String id) {
        if (!FORM.matcher(id).matches()) {
            return Optional.empty();
        }
        Map<Integer, Long> positions = new TreeMap<>();
        for (String part : id.split(",")) {
            int dash = part.indexOf('-');
            if (positions.put(Integer.parseInt(part.substring(0, dash)), Long.parseLong(part.substring(dash + 1))) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(positions);
    }

    static String id(int partition, long offset) {
        return partition + "-" + offset;
    }

    /** @param next by partition, the offset after the last that was sent; a partition that nothing was sent of is left out */
    static String id(Map<Integer, Long> next) {
        return new TreeMap<>(next).entrySet().stream().filter(e -> e.getValue() > 0).map(e -> id(e.getKey(), e.getValue() - 1)).collect(Collectors.joining(","));
    }
}
