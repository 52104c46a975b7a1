package dev.longtake.farm.cli;

import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.client.FarmClient.RefusedException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.Option;

/** Which farm a verb speaks to. */
public final class ServerOption {
    @Option(names = "--server", paramLabel = "URL", defaultValue = "${env:LONGTAKE_SERVER:-http://127.0.0.1:8080}",
            description = "A running farm. Default: $LONGTAKE_SERVER, else http://127.0.0.1:8080.")
    private String server;

    /** A question to a farm. @param <T> the answer */
    @FunctionalInterface
    public interface Call<T> {
        T with(FarmClient client) throws IOException, RefusedException;
    }

    public <T> T call(Call<T> call) {
        return call(server, call);
    }

    FarmClient client() {
        return new FarmClient(parse(server));
    }

    /** Asks a farm, and turns what can go wrong into what the user reads. */
    static <T> T call(String server, Call<T> call) {
        return call(new FarmClient(parse(server)), server, call);
    }

    static <T> T call(FarmClient client, String server, Call<T> call) {
        try {
            return call.with(client);
        } catch (RefusedException e) {
            throw e.status() >= 500 ? CliException.farm("the farm at " + server + ": " + e.getMessage(), e) : CliException.user(e.getMessage(), e);
        } catch (java.net.ConnectException | java.net.http.HttpConnectTimeoutException | java.nio.channels.UnresolvedAddressException e) {
            throw CliException.user("--server: no farm answers at " + server + "; start one with: longtake up, or correct the address", e);
        } catch (IOException e) {
            throw CliException.farm("the farm at " + server + " went away: " + e, e);
        }
    }

    static URI parse(String server) {
        try {
            URI uri = new URI(server.endsWith("/") ? server : server + "/");
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw CliException.user("--server", server + " is no address of a farm", "give one such as http://127.0.0.1:8080");
    }
}
