package dev.longtake.gateway.webhooks.address;

import dev.longtake.film.story.Problem;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where notifications may be sent, as far as a URL alone tells: what its name means is looked up, and looked at, at every try.
 *
 * @param addresses what may be connected to
 * @param ports     the only ones, if there are any
 */
public record Targets(AddressRules addresses, Set<Integer> ports) {
    /** As a farm that nobody configured has it. */
    public static final Targets DEFAULT = new Targets(new AddressRules(false), Set.of());

    private static final int LONGEST = 2_048;
    private static final int HIGHEST_PORT = 65_535;
    private static final int HIGHEST_BYTE = 255;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;
    private static final Pattern DOTTED = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    /** A last label of this form makes a name an IPv4 address to many resolvers, in decimal, octal or hexadecimal. */
    private static final Pattern NUMBER = Pattern.compile("(?i)(.*\\.)?(\\d+|0x[0-9a-f]*)");
    private static final Pattern NAME = Pattern.compile("(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    public Targets {
        ports = Set.copyOf(ports);
    }

    /** What is wrong with a URL that somebody wants to be told at; empty if nothing is. */
    public Optional<Problem> problem(String field, String url) {
        if (url.length() > LONGEST) {
            return problem(field, "over " + LONGEST + " characters", "give a shorter URL");
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return problem(field, "not a URL", "give one such as https://example.com/hook");
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        if (!List.of("http", "https").contains(scheme)) {
            return problem(field, "neither http nor https", "give a URL such as https://example.com/hook");
        }
        // What cannot be split into host and port is kept whole by URI, user information included.
        if (uri.getRawUserInfo() != null || Optional.ofNullable(uri.getRawAuthority()).orElse("").contains("@")) {
            return problem(field, "there is a user name or password in it", "leave it out; notifications are signed");
        }
        if (uri.getHost() == null) {
            return problem(field, "there is no host in it, or one that is no ASCII name", "give a URL such as https://example.com/hook; names of other letters in their xn-- form");
        }
        if (uri.getRawFragment() != null) {
            return problem(field, "there is a # in it", "leave it out, with what follows it");
        }
        int port = port(uri);
        if (port < 1 || port > HIGHEST_PORT) {
            return problem(field, "the port is not from 1 to " + HIGHEST_PORT, "give another");
        }
        if (!ports.isEmpty() && !ports.contains(port)) {
            return problem(field, "port " + port + " is not allowed by this farm", "use one of " + String.join(", ", ports.stream().sorted().map(String::valueOf).toList()));
        }
        return host(field, uri.getHost());
    }

    private Optional<Problem> host(String field, String host) {
        Optional<InetAddress> literal = literal(host);
        if (literal.isPresent()) {
            return addresses.allow(literal.get()) ? Optional.empty() : problem(field, "an address that this farm does not connect to", "give one that is reachable for everybody");
        }
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (host.startsWith("[") || !NAME.matcher(name).matches() || NUMBER.matcher(name).matches()) {
            return problem(field, "neither a name nor an address in its usual form", "write IPv4 addresses as four decimal numbers");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if ((lower.equals("localhost") || lower.endsWith(".localhost")) && !addresses.privateToo()) {
            return problem(field, "an address that this farm does not connect to", "give one that is reachable for everybody");
        }
        return Optional.empty();
    }

    /** The address that a host is, if it is one and no name. */
    public static Optional<InetAddress> literal(String host) {
        boolean v6 = host.startsWith("[") && host.endsWith("]") && !host.contains("%");
        if (!v6 && !DOTTED.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            if (v6) {
                return Optional.of(InetAddress.getByName(host));
            }
            // Not by name: what is no address would be looked up.
            int[] parts = Arrays.stream(host.split("\\.")).mapToInt(Integer::parseInt).toArray();
            boolean fits = Arrays.stream(parts).allMatch(p -> p <= HIGHEST_BYTE);
            return fits ? Optional.of(InetAddress.getByAddress(new byte[] {(byte) parts[0], (byte) parts[1], (byte) parts[2], (byte) parts[3]})) : Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** The port that a URL means. */
    public static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? HTTPS : HTTP;
    }

    private static Optional<Problem> problem(String field, String message, String fix) {
        return Optional.of(new Problem(field, message, fix));
    }
}
