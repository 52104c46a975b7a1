package dev.longtake.scheduler.janitor;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.contract.Topics;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.store.ObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks through the store and tells the film stage of every revision and attempt that is old enough: who came back from the dead may
 * have written it, or somebody whose submission got no further than its plan. Ages are by the store's clock, which an object that is
 * written first shows.
 */
public final class Sweeper {
    private static final String CLOCK = "janitor/clock";
    private static final Pattern REVISION = Pattern.compile("tenants/([^/]+)/films/([^/]+)/r([1-9]\\d{0,8})/.+");
    private static final Pattern ATTEMPT = Pattern.compile("tenants/([^/]+)/segments/([^/]+)/([^/]+)/.+");

    private final ObjectStore store;
    private final Publisher publisher;
    private final Clock clock;
    private final Duration age;
    private final int page;

    /** @param age how old a thing must be. @param page objects looked at at once; bounds memory and messages */
    public Sweeper(ObjectStore store, Publisher publisher, Clock clock, Duration age, int page) {
        this.store = store;
        this.publisher = publisher;
        this.clock = clock;
        this.age = age;
        this.page = page;
    }

    private static final class Old {
        private final Set<FilmRef> revisions = new HashSet<>();
        private final Set<AttemptRef> attempts = new HashSet<>();
    }

    /** @throws dev.longtake.platform.store.StoreUnavailableException if the store is away; the next sweep begins anew */
    public void sweep() {
        store.put(CLOCK, "now".getBytes(StandardCharsets.US_ASCII), "text/plain");
        Instant youngest = store.head(CLOCK).orElseThrow(() -> new IllegalStateException("an object that was just written is not there")).modified().minus(age);
        List<ObjectStore.Listed> objects = store.page(ObjectKeys.TENANTS, "", page);
        while (!objects.isEmpty() && !Thread.currentThread().isInterrupted()) {
            tell(objects, youngest);
            objects = store.page(ObjectKeys.TENANTS, objects.get(objects.size() - 1).key(), page);
        }
    }

    private void tell(List<ObjectStore.Listed> objects, Instant youngest) {
        Map<String, Old> tenants = new TreeMap<>();
        objects.stream().filter(o -> !o.modified().isAfter(youngest)).forEach(o -> look(o.key(), tenants));
        // What is being worked on has old objects beside young ones.
        objects.stream().filter(o -> o.modified().isAfter(youngest)).forEach(o -> {
            Map<String, Old> young = new TreeMap<>();
            look(o.key(), young);
            young.forEach((tenant, y) -> {
                if (tenants.containsKey(tenant)) {
                    tenants.get(tenant).revisions.removeAll(y.revisions);
                    tenants.get(tenant).attempts.removeAll(y.attempts);
                }
            });
        });
        tenants.forEach((tenant, old) -> {
            if (!old.revisions.isEmpty() || !old.attempts.isEmpty()) {
                publisher.send(Topics.EXPIRY_REPORTS, tenant,
                        new ExpiryReport.Found(Message.VERSION, tenant, new ArrayList<>(old.revisions), new ArrayList<>(old.attempts), clock.instant()));
            }
        });
    }

    private static void look(String key, Map<String, Old> tenants) {
        Matcher revision = REVISION.matcher(key);
        Matcher attempt = ATTEMPT.matcher(key);
        if (revision.matches()) {
            tenants.computeIfAbsent(revision.group(1), t -> new Old()).revisions.add(new FilmRef(revision.group(1), revision.group(2), Integer.parseInt(revision.group(3))));
        } else if (attempt.matches()) {
            tenants.computeIfAbsent(attempt.group(1), t -> new Old()).attempts.add(new AttemptRef(attempt.group(2), attempt.group(3)));
        }
    }
}
