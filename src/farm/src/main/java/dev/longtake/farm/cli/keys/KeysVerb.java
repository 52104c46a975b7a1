package dev.longtake.farm.cli.keys;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.cli.CliException;
import dev.longtake.farm.cli.ServerOption;
import dev.longtake.farm.cli.Summary;
import dev.longtake.farm.cli.Verb;
import dev.longtake.gateway.access.Secret;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keys of the HTTP interface. The one that is shown to the farm is taken from {@code LONGTAKE_KEY}. */
@Command(name = "keys", description = {"Make, list and revoke keys of the HTTP interface.",
        "A secret is written to standard output once, when it is made, and is nowhere afterwards.",
        "The key that this command itself shows to the farm is $LONGTAKE_KEY."}, footerHeading = Verb.EXAMPLES,
        footer = {"  longtake keys bootstrap", "  longtake keys create --name \"render box\" --scope films:read,films:write", "  longtake keys revoke 0123456789ab"})
public final class KeysVerb extends Verb {
    private static final String ACTIONS = "list, create, revoke or bootstrap";

    @Parameters(arity = "0..*", paramLabel = "ACTION", description = {"list: if not given.", "create: makes a key, with --name and --scope.", "revoke ID...: ends keys, at every gateway.",
            "bootstrap: draws a key that may do everything, and says how to tell the gateway of it; asks no farm."})
    private List<String> words = List.of();

    @Option(names = "--name", paramLabel = "TEXT", description = "With create: what the key is for.")
    private Optional<String> name;

    @Option(names = "--scope", paramLabel = "SCOPE", split = ",", description = "With create: films:read, films:write, admin (all of a tenant), operator (all of the farm); several with commas.")
    private List<String> scopes = List.of();

    @Option(names = "--tenant", paramLabel = "NAME", description = "With create: whose key it is; with list: only its keys. Of other tenants' only an operator may say something.")
    private Optional<String> tenant;

    @Option(names = "--expires-in", paramLabel = "TIME", description = "With create: how long it holds, such as P30D; as the farm likes if not given.")
    private Optional<String> expiresIn;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        String action = words.isEmpty() ? "list" : words.get(0);
        boolean create = action.equals("create");
        if (!create && (name.isPresent() || !scopes.isEmpty() || expiresIn.isPresent())) {
            throw CliException.user("--name, --scope, --expires-in", "for a key that is made", "say: keys create");
        }
        if (words.size() > 1 && !action.equals("revoke")) {
            throw CliException.user("ACTION", "\"" + words.get(1) + "\" is too much", "say one of " + ACTIONS);
        }
        return switch (action) {
            case "list" -> list();
            case "create" -> create();
            case "revoke" -> revoke(words.subList(1, words.size()));
            case "bootstrap" -> bootstrap();
            default -> throw CliException.user("ACTION", "there is no \"" + action + "\"", "say one of " + ACTIONS);
        };
    }

    private int list() {
        JsonNode answer = server.call(c -> c.keys(tenant));
        if (options().json()) {
            print(answer.toString());
        } else {
            answer.path("keys").forEach(k -> print(line(k)));
        }
        return DONE;
    }

    private static String line(JsonNode key) {
        String state = key.path("state").asText();
        return key.path("id").asText() + "  " + key.path("tenant").asText() + "  " + scopes(key) + "  " + (state.equals("good") ? "until " + key.path("expires").asText() : state)
                + "  " + key.path("name").asText();
    }

    private static String scopes(JsonNode key) {
        return StreamSupport.stream(key.path("scopes").spliterator(), false).map(JsonNode::asText).collect(Collectors.joining(","));
    }

    private int create() {
        if (name.isEmpty() || scopes.isEmpty()) {
            throw CliException.user(name.isEmpty() ? "--name" : "--scope", "not given", name.isEmpty() ? "say what the key is for" : "give films:read, films:write, admin or operator");
        }
        Map<String, Object> wish = new LinkedHashMap<>(Map.of("name", name.get(), "scopes", scopes));
        tenant.ifPresent(t -> wish.put("tenant", t));
        expiresIn.ifPresent(t -> wish.put("expires_in", t));
        JsonNode key = server.call(c -> c.createKey(wish));
        if (options().json()) {
            print(key.toString());
        } else {
            terminal().err().println("key " + key.path("id").asText() + " of " + key.path("tenant").asText() + " for " + scopes(key) + ", until " + key.path("expires").asText()
                    + "; it is not shown again:");
            print(key.path("secret").asText());
        }
        return DONE;
    }

    private int revoke(List<String> ids) {
        if (ids.isEmpty()) {
            throw CliException.user("ID", "none given", "name keys, see: longtake keys");
        }
        for (String id : ids) {
            JsonNode key = server.call(c -> c.revokeKey(id));
            print(options().json() ? key.toString() : line(key));
        }
        return DONE;
    }

    private int bootstrap() {
        Secret secret = Secret.draw();
        if (options().json()) {
            print(Summary.write(Map.of("secret", secret.text(), "sha256", secret.sha256())));
        } else {
            terminal().err().println("Start gateways with LONGTAKE_GATEWAY_ACCESS_BOOTSTRAP_KEY_SHA256=" + secret.sha256());
            terminal().err().println("and keep the key itself; it may do everything, and is not shown again:");
            print(secret.text());
        }
        return DONE;
    }
}
