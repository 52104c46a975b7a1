package dev.longtake.gateway.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.webhook.FilmCallback;
import dev.longtake.contract.webhook.WebhookDelivery;
import dev.longtake.film.state.DeliveryState;
import dev.longtake.film.state.TransitionTable;
import dev.longtake.gateway.webhooks.delivery.Notices.Kind;
import dev.longtake.gateway.webhooks.delivery.Notices.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DeliveriesTest {
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
    private static final Schedule SCHEDULE = new Schedule(Duration.ofSeconds(5), Duration.ofHours(4), Duration.ofHours(72));

    private static WebhookDelivery begun() {
        return Notices.delivery(new Notice(Kind.COMPLETED, new FilmRef("t", "f", 1), Optional.empty(), AT), new FilmCallback(1, "https://example.com/", "whsec_c2VjcmV0"), AT);
    }

    private static WebhookDelivery tried(WebhookDelivery d, Outcome outcome, Instant at) {
        return Deliveries.tried(d, outcome, at, at, SCHEDULE);
    }

    /** T: pending > waiting > … > delivered, and what is written of it. */
    @Test
    void anAnswerOf2xxAloneEndsItWell() {
        WebhookDelivery d = begun();
        for (Outcome no : new Outcome[] {Outcome.answered(500, "oops", 3), Outcome.failed("no answer: refused", 1), Outcome.answered(302, "", 1), Outcome.answered(404, "", 1), Outcome.answered(199, "", 1)}) {
            d = tried(d, no, d.next().orElseThrow());
            assertThat(d.state()).isEqualTo("waiting");
        }
        Instant last = d.next().orElseThrow();
        d = tried(d, Outcome.answered(204, "", 2), last);
        assertThat(d.state()).isEqualTo("delivered");
        assertThat(d.next()).isEmpty();
        assertThat(d.tries()).isEqualTo(6);
        assertThat(d.attempts()).extracting(WebhookDelivery.Attempt::status).containsExactly(Optional.of(500), Optional.empty(), Optional.of(302), Optional.of(404), Optional.of(199), Optional.of(204));
        assertThat(d.attempts().get(1).failure()).contains("no answer: refused");
        assertThat(d.attempts().get(2).failure().orElseThrow()).contains("redirects are not followed");
        assertThat(d.event()).as("the id never changes").isEqualTo(begun().event());
        assertThat(d.body()).isEqualTo(begun().body());
        assertThat(d.sequence()).isEqualTo(7);
    }

    @Test
    void itIsTriedForTheWholeWindowAndThenGivenUpWithTheReason() {
        WebhookDelivery d = begun();
        Instant last = AT;
        while (d.next().isPresent()) {
            last = d.next().get();
            assertThat(last).isBeforeOrEqualTo(AT.plus(SCHEDULE.window()));
            d = tried(d, Outcome.answered(503, "busy", 1), last);
        }
        assertThat(d.state()).isEqualTo("given-up");
        assertThat(d.reason().orElseThrow()).contains("503", "PT72H");
        assertThat(last).as("not long before the end").isAfter(AT.plus(SCHEDULE.window()).minus(SCHEDULE.longest()));
        assertThat(d.tries()).isBetween(25, 60);
        assertThat(d.attempts()).hasSize(Deliveries.KEPT);
    }

    @Test
    void whoWantsNothingMoreIsTriedNoMore() {
        WebhookDelivery d = tried(begun(), Outcome.answered(410, "", 1), AT);
        assertThat(d.state()).isEqualTo("given-up");
        assertThat(d.reason().orElseThrow()).contains("410");
        assertThat(Deliveries.abandoned(begun(), "deleted").reason()).contains("deleted");
    }

    @Test
    void whatIsOverCanBeSentAgainForAsLongAsANewOneAndNothingElse() {
        assertThat(Deliveries.again(begun(), AT)).isEmpty();
        WebhookDelivery over = tried(begun(), Outcome.answered(200, "", 1), AT);
        assertThat(tried(over, Outcome.answered(500, "", 1), AT)).as("a late answer changes nothing").isSameAs(over);
        Instant later = AT.plus(Duration.ofDays(6));
        WebhookDelivery again = Deliveries.again(over, later).orElseThrow();
        assertThat(again.state()).isEqualTo("pending");
        assertThat(again.next()).contains(later);
        assertThat(again.event()).isEqualTo(over.event());
        assertThat(again.attempts()).isEqualTo(over.attempts());
        assertThat(tried(again, Outcome.answered(500, "", 1), later).state()).as("its window began anew").isEqualTo("waiting");
    }

    /** Every row of the table is walked by what a receiver or a user can do. */
    @Test
    void everyTransitionHappens() {
        Random random = new Random(11);
        Set<String> seen = new TreeSet<>();
        for (int run = 0; run < 300; run++) {
            WebhookDelivery d = begun();
            Instant now = AT;
            for (int step = 0; step < 12; step++) {
                now = now.plus(Duration.ofHours(random.nextInt(30)));
                WebhookDelivery before = d;
                int what = random.nextInt(6);
                DeliveryState.Event event;
                if (what == 0) {
                    d = Deliveries.again(d, now).orElse(d);
                    event = DeliveryState.Event.REDELIVER;
                } else if (what == 1) {
                    d = Deliveries.abandoned(d, "gone");
                    event = DeliveryState.Event.GONE;
                } else {
                    d = tried(d, Outcome.answered(what == 2 ? 200 : 500, "", 1), now);
                    event = what == 2 ? DeliveryState.Event.ACCEPTED : d.state().equals("given-up") ? DeliveryState.Event.EXHAUSTED : DeliveryState.Event.REFUSED;
                }
                if (d != before) {
                    seen.add(TransitionTable.row(DeliveryState.of(before.state()), event, DeliveryState.of(d.state())));
                    assertThat(d.next().isPresent()).isEqualTo(!DeliveryState.of(d.state()).isFinal());
                }
            }
        }
        assertThat(seen).isEqualTo(DeliveryState.TABLE.rows());
    }

    @Test
    void pausesDoubleToTheLongestAndAreSpread() {
        for (int tries = 1; tries < 60; tries++) {
            Duration most = Duration.ofSeconds(5L << Math.min(tries - 1, 30));
            most = most.compareTo(SCHEDULE.longest()) > 0 ? SCHEDULE.longest() : most;
            Set<Duration> seen = new TreeSet<>();
            for (int d = 0; d < 200; d++) {
                Duration pause = SCHEDULE.pause("dlv_" + d, tries);
                assertThat(pause).isGreaterThanOrEqualTo(most.dividedBy(2)).isLessThanOrEqualTo(most).isEqualTo(SCHEDULE.pause("dlv_" + d, tries));
                seen.add(pause);
            }
            assertThat(seen).as("what failed together does not come again together").hasSizeGreaterThan(150);
        }
    }
}
