package dev.longtake.gateway.access;

import java.util.regex.Pattern;

/** What a tenant may be called: part of object keys and of message keys, so nothing that means something there. */
public final class TenantName {
    /** The form, as errors say it. */
    public static final String FORM = "1 to 63 of a-z, 0-9 and -, neither first nor last a -";
    private static final Pattern PATTERN = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    private TenantName() {}

    public static boolean isGood(String name) {
        return PATTERN.matcher(name).matches();
    }
}
