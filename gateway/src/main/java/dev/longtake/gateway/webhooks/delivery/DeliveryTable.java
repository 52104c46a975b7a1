package dev.longtake.gateway.webhooks.delivery;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.film.state.DeliveryState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Every delivery that the topic holds, with what is due when. Written by one reader of {@code webhook-deliveries}, and by whoever sends, once what it says is durable. */
public final class DeliveryTable {
    private static final int UNKNOWN = -1;
    private static final Comparator<WebhookDelivery> NEWEST_FIRST = Comparator.comparing(WebhookDelivery::created).reversed().thenComparing(WebhookDelivery::id);

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Set<String>> byFilm = new HashMap<>();
    private final Map<String, Set<String>> byEndpoint = new HashMap<>();
    /** By tenant and receiver, so that neither the backlog of one tenant nor that of one receiver is gone through to find what others are to be told. */
    private final Map<String, Waiting> waiting = new TreeMap<>();

    private record Entry(WebhookDelivery delivery, int partition) {}

    private record Due(Instant next, String key) implements Comparable<Due> {
        private static final Comparator<Due> ORDER = Comparator.comparing(Due::next).thenComparing(Due::key);

        @Override
        public int compareTo(Due other) {
            return ORDER.compare(this, other);
        }
    }

    /** What is not over of one tenant. */
    private static final class Waiting {
        private final Map<String, NavigableSet<Due>> byReceiver = new HashMap<>();
        private int size;

        void add(String receiver, Due due) {
            if (byReceiver.computeIfAbsent(receiver, r -> new TreeSet<>()).add(due)) {
                size++;
            }
        }

        void remove(String receiver, Due due) {
            byReceiver.computeIfPresent(receiver, (r, all) -> {
                if (all.remove(due)) {
                    size--;
                }
                return all.isEmpty() ? null : all;
            });
        }
    }

    /** What the topic says. @param delivery null if it is gone */
    public synchronized void take(String key, WebhookDelivery delivery, int partition) {
        Entry known = entries.get(key);
        if (delivery == null) {
            remove(key, known);
        } else if (known == null || known.delivery().sequence() < delivery.sequence()) {
            set(key, known, new Entry(delivery, partition));
        } else if (known.partition() == UNKNOWN) {
            entries.put(key, new Entry(known.delivery(), partition));
        }
    }

    /** What was just written. An older state than is known is dropped. */
    public synchronized void put(WebhookDelivery delivery) {
        Entry known = entries.get(delivery.key());
        take(delivery.key(), delivery, known == null ? UNKNOWN : known.partition());
    }

    private void set(String key, Entry known, Entry entry) {
        remove(key, known);
        entries.put(key, entry);
        WebhookDelivery d = entry.delivery();
        byFilm.computeIfAbsent(d.film().filmKey(), f -> new HashSet<>()).add(key);
        d.endpoint().ifPresent(e -> byEndpoint.computeIfAbsent(endpointKey(d.film().tenant(), e), k -> new HashSet<>()).add(key));
        d.next().ifPresent(next -> waiting.computeIfAbsent(d.film().tenant(), t -> new Waiting()).add(receiver(d), new Due(next, key)));
    }

    private void remove(String key, Entry entry) {
        if (entry == null) {
            return;
        }
        entries.remove(key);
        WebhookDelivery d = entry.delivery();
        drop(byFilm, d.film().filmKey(), key);
        d.endpoint().ifPresent(e -> drop(byEndpoint, endpointKey(d.film().tenant(), e), key));
        d.next().ifPresent(next -> waiting.computeIfPresent(d.film().tenant(), (t, all) -> {
            all.remove(receiver(d), new Due(next, key));
            return all.size == 0 ? null : all;
        }));
    }

    /** The endpoint's id; of a film's own callback the host and port, as the URL writes them. */
    private static String receiver(WebhookDelivery d) {
        return d.endpoint().orElseGet(() -> d.callback().map(c -> {
            String[] parts = c.url().split("/", 4);
            return parts.length > 2 ? "//" + parts[2] : c.url();
        }).orElse(""));
    }

    private static void drop(Map<String, Set<String>> index, String of, String key) {
        index.computeIfPresent(of, (k, keys) -> {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        });
    }

    private static String endpointKey(String tenant, String endpoint) {
        return tenant + "/" + endpoint;
    }

    public synchronized boolean knows(String key) {
        return entries.containsKey(key);
    }

    public synchronized Optional<WebhookDelivery> find(String tenant, String id) {
        return Optional.ofNullable(entries.get(tenant + "/" + id)).map(Entry::delivery);
    }

    /** Of a film, whatever its revision; newest first. */
    public synchronized List<WebhookDelivery> ofFilm(FilmRef film) {
        return sorted(byFilm.getOrDefault(film.filmKey(), Set.of()));
    }

    /** To an endpoint, newest first. */
    public synchronized List<WebhookDelivery> ofEndpoint(String tenant, String endpoint) {
        return sorted(byEndpoint.getOrDefault(endpointKey(tenant, endpoint), Set.of()));
    }

    private List<WebhookDelivery> sorted(Set<String> keys) {
        return keys.stream().map(k -> entries.get(k).delivery()).sorted(NEWEST_FIRST).toList();
    }

    /** A delivery that is due, in a partition of the topic. */
    public record InPlace(WebhookDelivery delivery, int partition) {}

    /**
     * Those that are due, by tenant, the longest due first.
     *
     * @param wanted  partitions
     * @param tenants whose are wanted
     * @param left    keys that are left out
     * @param most    of one receiver
     */
    public synchronized NavigableMap<String, Deque<InPlace>> due(Instant now, IntPredicate wanted, Predicate<String> tenants, Predicate<String> left, int most) {
        NavigableMap<String, Deque<InPlace>> found = new TreeMap<>();
        waiting.forEach((tenant, all) -> {
            if (tenants.test(tenant)) {
                List<Due> due = new ArrayList<>();
                Predicate<Due> mine = d -> !left.test(d.key()) && entries.get(d.key()).partition() != UNKNOWN && wanted.test(entries.get(d.key()).partition());
                all.byReceiver.values().forEach(one -> one.stream().takeWhile(d -> !d.next().isAfter(now)).filter(mine).limit(most).forEach(due::add));
                if (!due.isEmpty()) {
                    found.put(tenant, new ArrayDeque<>(due.stream().sorted().map(d -> entries.get(d.key())).map(e -> new InPlace(e.delivery(), e.partition())).toList()));
                }
            }
        });
        return found;
    }

    /** How many are not over. */
    public synchronized int open() {
        return waiting.values().stream().mapToInt(w -> w.size).sum();
    }

    /** How many of a tenant are not over. */
    public synchronized int open(String tenant) {
        Waiting all = waiting.get(tenant);
        return all == null ? 0 : all.size;
    }

    /**
     * Those that are over and need not be kept.
     *
     * @param wanted partitions
     * @param before tried last before this
     * @param most   kept of each partition, the newest
     */
    public synchronized List<WebhookDelivery> outdated(IntPredicate wanted, Instant before, int most) {
        Map<Integer, List<WebhookDelivery>> over = new HashMap<>();
        Predicate<Entry> mine = e -> e.partition() != UNKNOWN && wanted.test(e.partition()) && DeliveryState.of(e.delivery().state()).isFinal();
        entries.values().stream().filter(mine).forEach(e -> over.computeIfAbsent(e.partition(), p -> new ArrayList<>()).add(e.delivery()));
        List<WebhookDelivery> outdated = new ArrayList<>();
        over.values().forEach(all -> {
            all.sort(Comparator.comparing(DeliveryTable::last).reversed());
            for (int i = 0; i < all.size(); i++) {
                if (i >= most || last(all.get(i)).isBefore(before)) {
                    outdated.add(all.get(i));
                }
            }
        });
        return outdated;
    }

    private static Instant last(WebhookDelivery d) {
        return d.attempts().isEmpty() ? d.since() : d.attempts().get(d.attempts().size() - 1).at();
    }
}
