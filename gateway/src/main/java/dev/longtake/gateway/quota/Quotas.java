package dev.longtake.gateway.quota;

import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.QuotaConfig;
import dev.longtake.platform.cache.RequestCounter;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Limits of every tenant, and the count of its requests. */
public final class Quotas {
    private final GatewayConfig config;
    private final RequestCounter counter;
    private final Clock clock;
    private final Map<String, AtomicInteger> atWork = new ConcurrentHashMap<>();

    public Quotas(GatewayConfig config, RequestCounter counter, Clock clock) {
        this.config = config;
        this.counter = counter;
        this.clock = clock;
    }

    public TenantLimits of(String tenant) {
        QuotaConfig all = config.quota();
        Optional<QuotaConfig.Own> own = Optional.ofNullable(all.tenants().get(tenant));
        return new TenantLimits(own.map(o -> o.unfinishedFilms().orElse(config.unfinishedFilms())).orElse(config.unfinishedFilms()),
                own.map(o -> o.keptFilms().orElse(config.keptFilms())).orElse(config.keptFilms()),
                own.map(o -> o.keptRevisions().orElse(all.keptRevisions())).orElse(all.keptRevisions()),
                own.map(o -> o.unfinishedSeconds().orElse(all.unfinishedSeconds())).orElse(all.unfinishedSeconds()),
                own.map(o -> o.requestsPerSecond().orElse(all.requestsPerSecond())).orElse(all.requestsPerSecond()),
                own.map(o -> o.requestsAtOnce().orElse(all.requestsAtOnce())).orElse(all.requestsAtOnce()),
                own.map(o -> o.uploadBytes().orElse(all.uploadBytes())).orElse(all.uploadBytes()));
    }

    /** Begins a request. @return what ends it, or empty if the tenant has as many in work as it may have */
    public Optional<Runnable> begin(String tenant) {
        AtomicInteger mine = atWork.computeIfAbsent(tenant, t -> new AtomicInteger());
        if (mine.incrementAndGet() > of(tenant).requestsAtOnce()) {
            mine.decrementAndGet();
            return Optional.empty();
        }
        AtomicBoolean over = new AtomicBoolean();
        return Optional.of(() -> {
            if (over.compareAndSet(false, true)) {
                mine.decrementAndGet();
            }
        });
    }

    /** Counts a request. @return whether it may pass; it may where nobody can say how many there were */
    public boolean admit(String tenant) {
        OptionalLong count = counter.count(tenant, clock.instant().getEpochSecond());
        return count.isEmpty() || count.getAsLong() <= of(tenant).requestsPerSecond();
    }
}
