package dev.longtake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longtake.gateway.quota.Quotas;
import dev.longtake.gateway.quota.TenantLimits;
import dev.longtake.media.picture.PictureLimits;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {
    @Test
    void everyDefaultIsKnown() {
        GatewayConfig config = new SmallRyeConfigBuilder().withMapping(GatewayConfig.class).build().getConfigMapping(GatewayConfig.class);
        assertThat(config.pool()).isEqualTo("cpu");
        assertThat(config.unfinishedFilms()).isEqualTo(1_000);
        assertThat(config.keptFilms()).isEqualTo(100_000);
        assertThat(config.planners()).isEqualTo(4);
        assertThat(config.planPatience()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.revisePatience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.events().streams()).isEqualTo(500);
        assertThat(config.events().kept()).isEqualTo(4096);
        assertThat(config.events().histories()).isEqualTo(4);
        assertThat(config.events().heartbeat()).isEqualTo(Duration.ofSeconds(15));
        assertThat(config.events().patience()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.linkLife()).isEqualTo(Duration.ofHours(1));
        assertThat(config.linkLongest()).isEqualTo(Duration.ofDays(1));
        assertThat(config.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.deadLetters()).isEqualTo(2_000);
        assertThat(config.bundle()).isEmpty();
        assertThat(config.pictures()).isEqualTo(PictureLimits.DEFAULT).isEqualTo(new PictureLimits(10 << 20, 25_000_000));
        assertThat(config.videos().pollAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.videos().deletePatience()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.workerTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.audit().prompts()).isFalse();
        assertThat(config.audit().patience()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.audit().window()).isEqualTo(5_000);
        assertThat(config.peers().requestPatience()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.peers().bodyPatience()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.peers().answerPatience()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.peers().bytesPerSecond()).isEqualTo(8_192);
    }

    @Test
    void nobodyIsAskedOnLoopbackAndNobodyIsLetInElsewhereUnlessTold() {
        AccessConfig access = config(Map.of()).access();
        assertThat(access.anonymous()).isEqualTo(AccessConfig.Anonymous.LOOPBACK);
        assertThat(access.bootstrapKeySha256()).isEmpty();
        assertThat(access.keyLife()).isEqualTo(Duration.ofDays(90));
        assertThat(access.keyLongest()).isEqualTo(Duration.ofDays(366));
        assertThat(access.keyMemory()).isEqualTo(Duration.ofDays(30));
        assertThat(access.keys()).isEqualTo(100);
        assertThat(access.oidc().issuer()).isEmpty();
        assertThat(access.oidc().audience()).isEmpty();
        assertThat(access.oidc().jwks()).isEmpty();
        assertThat(access.oidc().tenantClaim()).isEqualTo("tenant");
        assertThat(access.oidc().scopesClaim()).isEqualTo("scope");
        assertThat(access.oidc().skew()).isEqualTo(Duration.ofSeconds(30));
        assertThat(access.oidc().patience()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void aTenantHasItsOwnLimitsOrEverybodys() {
        GatewayConfig config = config(Map.of("longtake.gateway.quota.tenants.studio.requests-per-second", "7", "longtake.gateway.quota.tenants.studio.unfinished-seconds", "60",
                "longtake.gateway.quota.tenants.studio.kept-revisions", "5"));
        Quotas quotas = new Quotas(config, (tenant, second) -> OptionalLong.empty(), Clock.systemUTC());
        assertThat(quotas.of("anybody")).isEqualTo(TenantLimits.DEFAULT).isEqualTo(new TenantLimits(1_000, 100_000, 1_000, 864_000, 100, 8, 16 << 20));
        assertThat(quotas.of("studio")).isEqualTo(new TenantLimits(1_000, 100_000, 5, 60, 7, 8, 16 << 20));
    }

    @Test
    void requestsAboveALimitAreHeldBackAndPassWhereNobodyCounts() {
        Map<String, Long> counts = new HashMap<>();
        GatewayConfig config = config(Map.of("longtake.gateway.quota.requests-per-second", "2"));
        Clock clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        Quotas quotas = new Quotas(config, (tenant, second) -> OptionalLong.of(counts.merge(tenant + second, 1L, Long::sum)), clock);
        assertThat(List.of(quotas.admit("t"), quotas.admit("t"), quotas.admit("t"), quotas.admit("other"))).containsExactly(true, true, false, true);
        assertThat(new Quotas(config, (tenant, second) -> OptionalLong.empty(), clock).admit("t")).isTrue();
    }

    private static GatewayConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder().withDefaultValues(settings).withMapping(GatewayConfig.class).build().getConfigMapping(GatewayConfig.class);
    }
}
