package dev.longtake.gateway.access;

import dev.longtake.gateway.AccessConfig;
import dev.longtake.gateway.GatewayConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;

/** Settings of {@code longtake.gateway.access}, as somebody would give them. */
final class Settings {
    private Settings() {}

    /** @param pairs name and value, name and value */
    static AccessConfig of(String... pairs) {
        Map<String, String> settings = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put("longtake.gateway.access." + pairs[i], pairs[i + 1]);
        }
        return new SmallRyeConfigBuilder().withDefaultValues(settings).withMapping(GatewayConfig.class).build().getConfigMapping(GatewayConfig.class).access();
    }
}
