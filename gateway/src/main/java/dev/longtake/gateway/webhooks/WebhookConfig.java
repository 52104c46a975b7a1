package dev.longtake.gateway.webhooks;

import dev.longtake.gateway.webhooks.delivery.Deliverer;
import dev.longtake.gateway.webhooks.delivery.Schedule;
import dev.longtake.gateway.webhooks.delivery.VertxSender;
import dev.longtake.gateway.webhooks.address.AddressRules;
import dev.longtake.gateway.webhooks.address.Targets;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Telling others what happens to films. */
@ConfigMapping(prefix = "longtake.gateway.webhooks")
public interface WebhookConfig {
    /**
     * Whether private, loopback and link-local addresses may be connected to. Off, because whoever may submit a film names the URL, and could reach through the
     * gateway what only the gateway can reach.
     */
    @WithDefault("false")
    boolean privateAddresses();

    /** The only ports that may be connected to; all if absent. */
    Optional<Set<Integer>> ports();

    /** Endpoints of one tenant; one more is refused. Every event makes a delivery for each. */
    @WithDefault("20")
    int endpoints();

    /** How long a connection may take to be made, its encryption included. */
    @WithDefault("PT5S")
    Duration connectTimeout();

    /** How long a try may take from the look-up of the name to the end of the answer. */
    @WithDefault("PT15S")
    Duration timeout();

    /** Bytes of an answer that are read, kept and shown; what follows is cut off, and only the status counts. */
    @WithDefault("512")
    int responseBytes();

    /** The longest wait after the first failure; it doubles with each. */
    @WithDefault("PT5S")
    Duration firstRetry();

    /** The longest wait between two tries. */
    @WithDefault("PT4H")
    Duration longestRetry();

    /** How long it is tried. */
    @WithDefault("PT72H")
    Duration window();

    /** Tries at once of one gateway. */
    @WithDefault("64")
    int atOnce();

    /** Tries at once for one tenant, a quarter of all, so that slow receivers of one hold up none of another's. */
    @WithDefault("16")
    int perTenant();

    /** Tries at once of one tenant to one host and port, so that a slow receiver holds up none of the tenant's others, and one that comes back is not run over. */
    @WithDefault("4")
    int perDestination();

    /**
     * Deliveries of one tenant that are not over; of what is above, nothing is sent: it is given up at once, says so, and is shown and can be sent again like any
     * other. As far as a gateway knows them: as many gateways as there are may each go above it by the events they read at once. Bounds every gateway's memory where
     * receivers refuse everything for the whole window.
     */
    @WithDefault("10000")
    int openDeliveries();

    /** How long a delivery that is over is shown, and can be sent again. */
    @WithDefault("P7D")
    Duration kept();

    /** Deliveries that are over which are kept of each of the topic's partitions, the newest; bounds every gateway's memory, at some 2 KB each. */
    @WithDefault("2000")
    int keptPerPartition();

    /** How long an endpoint's older secret is still signed with after a new one was asked for. */
    @WithDefault("P1D")
    Duration overlap();

    /** The longest such time that may be asked for. */
    @WithDefault("P7D")
    Duration longestOverlap();

    /** How long a gateway may not be heard of before the others take over what it has to tell. */
    @WithDefault("PT15S")
    Duration session();

    default Targets targets() {
        return new Targets(new AddressRules(privateAddresses()), ports().orElse(Set.of()));
    }

    default Schedule schedule() {
        return new Schedule(firstRetry(), longestRetry(), window());
    }

    default Deliverer.Limits limits() {
        return new Deliverer.Limits(atOnce(), perTenant(), perDestination());
    }

    default VertxSender.Limits times() {
        return new VertxSender.Limits(connectTimeout(), timeout(), responseBytes());
    }
}
