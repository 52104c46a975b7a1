package dev.longtake.gateway;

import dev.longtake.contract.AuditRecord;
import dev.longtake.contract.Topics;
import dev.longtake.gateway.access.AccessPolicy;
import dev.longtake.gateway.access.Authenticator;
import dev.longtake.gateway.access.KeyTable;
import dev.longtake.gateway.access.Tokens;
import dev.longtake.gateway.audit.AuditTrail;
import dev.longtake.gateway.keys.Keys;
import dev.longtake.gateway.quota.Quotas;
import dev.longtake.platform.cache.RequestCounter;
import dev.longtake.platform.config.PlatformConfig;
import dev.longtake.platform.queue.HistoryReader;
import dev.longtake.platform.queue.Publisher;
import dev.longtake.platform.queue.TopicHistory;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may do what, as beans; and the look, before anything is served, whether this gateway would let in everybody. */
@ApplicationScoped
public class AccessBeans {
    private static final Logger LOG = LoggerFactory.getLogger(AccessBeans.class);

    /** Before any service starts. @throws AccessPolicy.UnsafeException which ends the start */
    void look(@Observes @Priority(1) StartupEvent event, GatewayService gateway, Instance<AccessPolicy> policy, @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.host-enabled", defaultValue = "true") boolean listens) {
        if (gateway.plays() && listens) {
            policy.get().requireSafe(host);
            LOG.info(policy.get().describe(host));
        }
    }

    @Produces
    @Singleton
    public AccessPolicy policy(GatewayConfig config) {
        return new AccessPolicy(config.access());
    }

    @Produces
    @Singleton
    public KeyTable keyTable() {
        return new KeyTable();
    }

    @Produces
    @Singleton
    public Authenticator authenticator(AccessPolicy policy, KeyTable keys, GatewayConfig config, Clock clock) {
        return new Authenticator(policy, keys, config.access().oidc().issuer().map(issuer -> new Tokens(config.access().oidc(), clock)), clock);
    }

    @Produces
    @Singleton
    public Keys keys(KeyTable table, Publisher publisher, Clock clock, GatewayConfig config) {
        return new Keys(table, publisher, clock, new Keys.Limits(config.access().keys(), config.access().keyMemory()));
    }

    @Produces
    @Singleton
    public Quotas quotas(GatewayConfig config, RequestCounter counter, Clock clock) {
        return new Quotas(config, counter, clock);
    }

    @Produces
    @Singleton
    public HistoryReader<AuditRecord> auditHistory(PlatformConfig platform) {
        return new TopicHistory<>(platform.kafka().bootstrap(), Topics.AUDIT, AuditRecord.class, platform.kafka().patience());
    }

    @Produces
    @Singleton
    public AuditTrail trail(Publisher publisher, HistoryReader<AuditRecord> history, GatewayConfig config) {
        return new AuditTrail(publisher, history, config.audit().patience(), config.audit().window());
    }
}
