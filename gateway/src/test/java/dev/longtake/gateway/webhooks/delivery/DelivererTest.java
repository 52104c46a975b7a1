package dev.longtake.gateway.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.contract.webhook.WebhookEndpoint;
import dev.longtake.contract.webhook.WebhookEndpoint.Format;
import dev.longtake.contract.webhook.WebhookEndpoint.Secret;
import dev.longtake.gateway.HandClock;
import dev.longtake.gateway.films.RecordingPublisher;
import dev.longtake.gateway.webhooks.delivery.Notices.Kind;
import dev.longtake.gateway.webhooks.delivery.Notices.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DelivererTest {
    private static final int MINE = 1;
    private static final int OTHERS = 2;

    private final DeliveryTable table = new DeliveryTable();
    private final RecordingPublisher publisher = new RecordingPublisher();
    private final Map<String, CompletableFuture<Outcome>> flying = new HashMap<>();
    private final List<String> sent = new ArrayList<>();
    private final List<String> disabled = new ArrayList<>();
    private boolean known = true;
    private final HandClock clock = new HandClock(Instant.parse("2026-01-02T03:04:05Z"));

    private final Receivers receivers = new Receivers() {
        @Override
        public Optional<Receiver> of(WebhookDelivery delivery) {
            return delivery.callback().map(c -> new Receiver(c.url(), List.of(new Secret(c.secret(), Optional.empty()))));
        }

        @Override
        public boolean areKnown() {
            return known;
        }

        @Override
        public void disable(WebhookDelivery delivery, String why) {
            disabled.add(delivery.id());
        }
    };

    private final Deliverer deliverer = new Deliverer(table, receivers, request -> {
        sent.add(request.url().toString());
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        flying.put(request.url().toString(), outcome);
        return outcome;
    }, publisher, clock, Runnable::run, new Schedule(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72)), new Deliverer.Limits(6, 4, 2));

    private WebhookDelivery add(String tenant, String film, String url, int partition) {
        WebhookDelivery d = Notices.delivery(new Notice(Kind.COMPLETED, new FilmRef(tenant, film, 1), Optional.empty(), clock.now), new FilmCallback(1, url, "whsec_c2VjcmV0"), clock.now);
        table.take(d.key(), d, partition);
        return d;
    }

    private void tick() {
        deliverer.tick(p -> p == MINE);
    }

    private String state(WebhookDelivery d) {
        return table.find(d.film().tenant(), d.id()).orElseThrow().state();
    }

    @Test
    void onlyWhatIsItsOwnAndDueIsSentAndOnlyOnceAtATime() {
        WebhookDelivery mine = add("t", "f1", "https://a.example/1", MINE);
        add("t", "f2", "https://a.example/2", OTHERS);
        tick();
        tick();
        assertThat(sent).containsExactly("https://a.example/1");
        assertThat(deliverer.isBusy(Set.of(MINE))).isTrue();
        assertThat(deliverer.isBusy(Set.of(OTHERS))).isFalse();
        flying.get("https://a.example/1").complete(Outcome.answered(500, "", 1));
        assertThat(state(mine)).isEqualTo("waiting");
        tick();
        assertThat(sent).as("not due yet").hasSize(1);
        clock.now = clock.now.plusSeconds(5);
        tick();
        assertThat(sent).hasSize(2);
        flying.get("https://a.example/1").complete(Outcome.answered(200, "", 1));
        assertThat(state(mine)).isEqualTo("delivered");
        clock.now = clock.now.plusSeconds(90_000);
        tick();
        assertThat(sent).hasSize(2);
        assertThat(deliverer.isBusy(Set.of(MINE))).isFalse();
    }

    @Test
    void aSlowHostHoldsUpNoOtherAndATenantNoOther() {
        for (int i = 0; i < 5; i++) {
            add("t", "slow" + i, "https://slow.example/" + i, MINE);
            add("t", "fast" + i, "https://fast" + i + ".example/", MINE);
        }
        clock.now = clock.now.plusSeconds(1);
        add("u", "f", "https://u.example/", MINE);
        tick();
        assertThat(sent.stream().filter(u -> u.contains("slow.example"))).as("two to one host").hasSizeLessThanOrEqualTo(2);
        assertThat(sent.stream().filter(u -> !u.contains("u.example"))).as("four of one tenant").hasSize(4);
        assertThat(sent).as("and another's").contains("https://u.example/");
        for (int round = 0; round < 5; round++) {
            flying.entrySet().stream().filter(e -> !e.getKey().contains("slow")).forEach(e -> e.getValue().complete(Outcome.answered(200, "", 1)));
            tick();
        }
        assertThat(sent.stream().filter(u -> u.contains("fast")).distinct()).as("all the others in spite of the slow one").hasSize(5);
        assertThat(sent.stream().filter(u -> u.contains("slow"))).hasSize(2);
    }

    /** T: six at once, four of a tenant; u was there a second earlier and has many receivers, all slow. */
    @Test
    void whoeverHasSlowReceiversLeavesSlotsToTheOthersWhoTakeTurns() {
        for (int i = 0; i < 30; i++) {
            add("u", "slow" + i, "https://slow" + i + ".example/", MINE);
        }
        clock.now = clock.now.plusSeconds(1);
        for (int i = 0; i < 3; i++) {
            for (String tenant : List.of("a", "b", "z")) {
                add(tenant, "f" + i, "https://" + tenant + i + ".quick/", MINE);
            }
        }
        tick();
        assertThat(sent).as("one each, and round again").hasSize(6).filteredOn(u -> u.contains("slow")).hasSize(1);
        assertThat(sent.stream().map(u -> u.charAt("https://".length())).collect(Collectors.toSet())).containsExactlyInAnyOrder('a', 'b', 's', 'z');
        Set<String> served = new TreeSet<>();
        for (int round = 0; round < 20; round++) {
            List<String> quick = flying.entrySet().stream().filter(e -> e.getKey().contains("quick") && !e.getValue().isDone()).map(Map.Entry::getKey).toList();
            quick.stream().limit(1).forEach(u -> flying.get(u).complete(Outcome.answered(200, "", 1)));
            tick();
            quick.stream().limit(1).forEach(served::add);
        }
        assertThat(served).as("everything of the others, through slots that come free one by one").hasSize(9);
        assertThat(sent.stream().filter(u -> u.contains("slow"))).as("never more than a tenant's own").hasSize(4);
        assertThat(table.open("u")).isEqualTo(30);
        assertThat(table.open("a")).isZero();
    }

    @Test
    void oneSlotThatComesFreeGoesToWhoeverIsNext() {
        for (int i = 0; i < 8; i++) {
            for (String tenant : List.of("a", "b", "c")) {
                add(tenant, "f" + i, "https://" + tenant + i + ".example/", MINE);
            }
        }
        tick();
        for (int i = 0; i < 6; i++) {
            flying.values().stream().filter(f -> !f.isDone()).findFirst().orElseThrow().complete(Outcome.answered(200, "", 1));
            tick();
        }
        for (String tenant : List.of("a", "b", "c")) {
            assertThat(sent.stream().filter(u -> u.startsWith("https://" + tenant))).as("of 12 sent, those of " + tenant).hasSize(4);
        }
    }

    @Test
    void aHostThatTwoTenantsHaveIsSlowForEachByItself() {
        for (int i = 0; i < 3; i++) {
            add("t", "f" + i, "https://shared.example/t" + i, MINE);
            add("u", "f" + i, "https://shared.example/u" + i, MINE);
        }
        tick();
        assertThat(sent.stream().filter(u -> u.contains("/t"))).hasSize(2);
        assertThat(sent.stream().filter(u -> u.contains("/u"))).hasSize(2);
    }

    @Test
    void whatIsOpenIsCountedByTenantHoweverOftenItIsRead() {
        Random random = new Random(23);
        Map<String, WebhookDelivery> right = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            String tenant = "t" + random.nextInt(3);
            WebhookDelivery begun = Notices.delivery(new Notice(Kind.COMPLETED, new FilmRef(tenant, "f" + random.nextInt(12), 1), Optional.empty(), clock.now),
                    new FilmCallback(1, "https://h" + random.nextInt(2) + ".example/", "whsec_c2VjcmV0"), clock.now);
            WebhookDelivery known = right.get(begun.key());
            int what = random.nextInt(6);
            if (what == 0) {
                right.remove(begun.key());
                table.take(begun.key(), null, MINE);
            } else if (known == null) {
                right.put(begun.key(), begun);
                table.take(begun.key(), begun, MINE);
            } else if (what == 1) {
                table.take(begun.key(), begun, MINE);
            } else {
                WebhookDelivery next = what == 2 ? Deliveries.again(known, clock.now).orElse(known)
                        : Deliveries.tried(known, Outcome.answered(what == 3 ? 200 : 500, "", 1), clock.now, clock.now, new Schedule(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72)));
                right.put(next.key(), next);
                table.put(next);
                table.take(next.key(), next, MINE);
            }
            assertThat(table.open(tenant)).as("seed 23, step %d", step).isEqualTo((int) right.values().stream().filter(d -> d.film().tenant().equals(tenant) && d.next().isPresent()).count());
        }
        assertThat(table.open()).isEqualTo(table.open("t0") + table.open("t1") + table.open("t2"));
        clock.now = clock.now.plus(Duration.ofHours(5));
        assertThat(table.due(clock.now, p -> true, t -> true, k -> false, 1_000).values().stream().mapToInt(Deque::size).sum()).as("all that is open is due").isEqualTo(table.open());
    }

    @Test
    void ofABacklogOnlySoMuchIsTakenOutAsCouldBeSent() {
        WebhookDelivery first = add("t", "first", "https://slow.example/", MINE);
        clock.now = clock.now.plusMillis(1);
        for (int i = 0; i < 2_000; i++) {
            add("t", "slow" + i, "https://slow.example/" + i, i % 2 == 0 ? MINE : OTHERS);
        }
        clock.now = clock.now.plusMillis(1);
        WebhookDelivery last = add("t", "last", "https://quick.example/", MINE);
        Deque<DeliveryTable.InPlace> due = table.due(clock.now, p -> p == MINE, t -> true, k -> false, 6).get("t");
        assertThat(due).as("six of the one receiver and what is due of the other").hasSize(7).allSatisfy(p -> assertThat(p.partition()).isEqualTo(MINE));
        assertThat(due.getFirst().delivery()).isEqualTo(first);
        assertThat(due.getLast().delivery()).isEqualTo(last);
        assertThat(table.due(clock.now, p -> true, t -> !t.equals("t"), k -> false, 6)).isEmpty();
        assertThat(table.due(clock.now, p -> true, t -> true, k -> k.equals(first.key()), 6).get("t")).hasSize(7).noneMatch(p -> p.delivery().equals(first));
    }

    @Test
    void aTryThatCannotBeWrittenDownIsNotRepeatedButWrittenLater() {
        WebhookDelivery d = add("t", "f1", "https://a.example/", MINE);
        tick();
        publisher.setAway(true);
        flying.get("https://a.example/").complete(Outcome.answered(200, "", 1));
        assertThat(state(d)).as("it does not count before it is durable").isEqualTo("pending");
        for (int i = 0; i < 20; i++) {
            clock.now = clock.now.plusSeconds(1);
            tick();
        }
        assertThat(sent).hasSize(1);
        publisher.setAway(false);
        clock.now = clock.now.plusSeconds(1);
        tick();
        assertThat(state(d)).isEqualTo("delivered");
        assertThat(publisher.sent()).hasSize(1);
        assertThat(sent).hasSize(1);
    }

    @Test
    void nobodyCountsAsGoneAsLongAsNotEverybodyIsKnown() {
        WebhookEndpoint endpoint = new WebhookEndpoint(1, "t", "ep_1", "https://a.example/", Format.FILMS, List.of(), List.of(), Optional.empty(), clock.now, clock.now, 1);
        WebhookDelivery d = Notices.delivery(new Notice(Kind.COMPLETED, new FilmRef("t", "f", 1), Optional.empty(), clock.now), endpoint, clock.now);
        table.take(d.key(), d, MINE);
        known = false;
        tick();
        assertThat(state(d)).isEqualTo("pending");
        known = true;
        tick();
        assertThat(state(d)).isEqualTo("given-up");
        assertThat(sent).isEmpty();
    }

    @Test
    void whoWantsNothingMoreIsDisabled() {
        WebhookDelivery d = add("t", "f1", "https://a.example/", MINE);
        tick();
        flying.get("https://a.example/").complete(Outcome.answered(410, "", 1));
        assertThat(disabled).containsExactly(d.id());
        assertThat(state(d)).isEqualTo("given-up");
    }

    @Test
    void whatIsOverAndOldIsForgottenAndNothingElse() {
        WebhookDelivery old = add("t", "old", "https://a.example/1", MINE);
        WebhookDelivery waiting = add("t", "waiting", "https://b.example/2", MINE);
        WebhookDelivery others = add("t", "others", "https://c.example/3", OTHERS);
        tick();
        flying.get("https://a.example/1").complete(Outcome.answered(200, "", 1));
        flying.get("https://b.example/2").complete(Outcome.answered(500, "", 1));
        clock.now = clock.now.plus(Duration.ofDays(6));
        WebhookDelivery young = add("t", "young", "https://d.example/4", MINE);
        WebhookDelivery younger = add("t", "younger", "https://e.example/5", MINE);
        deliverer.tick(p -> p == MINE && !flying.isEmpty());
        flying.get("https://d.example/4").complete(Outcome.answered(200, "", 1));
        flying.get("https://e.example/5").complete(Outcome.answered(200, "", 1));
        clock.now = clock.now.plus(Duration.ofDays(2));
        deliverer.tidy(p -> p == MINE, Duration.ofDays(7), 10);
        assertThat(publisher.raw()).extracting(RecordingPublisher.Raw::key).containsExactly(old.key());
        assertThat(publisher.raw().get(0).message()).isNull();
        assertThat(table.knows(waiting.key()) && table.knows(others.key()) && table.knows(young.key()) && table.knows(younger.key())).isTrue();
        deliverer.tidy(p -> p == MINE, Duration.ofDays(7), 1);
        assertThat(publisher.raw()).as("of what is over only the newest, of a partition").hasSize(2);
        assertThat(table.knows(waiting.key())).isTrue();
    }

    @Test
    void anOlderStateIsDroppedWhereverItComesFrom() {
        WebhookDelivery d = add("t", "f1", "https://a.example/", MINE);
        tick();
        flying.get("https://a.example/").complete(Outcome.answered(200, "", 1));
        table.take(d.key(), d, MINE);
        assertThat(state(d)).isEqualTo("delivered");
        assertThat(table.open()).isZero();
        table.take(d.key(), null, MINE);
        assertThat(table.knows(d.key())).isFalse();
        assertThat(table.ofFilm(d.film())).isEmpty();
    }
}
