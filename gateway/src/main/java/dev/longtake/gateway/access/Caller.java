package dev.longtake.gateway.access;

import jakarta.enterprise.context.RequestScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Whoever sent the request at hand, and what the request turned out to be about. */
@RequestScoped
public class Caller {
    private Identity identity;
    private String request = "";
    private Optional<String> tenantTouched = Optional.empty();
    private Optional<String> film = Optional.empty();
    private Optional<Integer> revision = Optional.empty();
    private Optional<String> target = Optional.empty();
    private Supplier<List<String>> prompts = List::of;

    /** The tenant whose films the request is about; nothing of another tenant's may be shown to it or changed by it. */
    public String tenant() {
        return identity().tenant();
    }

    /** @throws IllegalStateException if nobody looked yet: a request that got past the door without being asked is given nothing */
    public Identity identity() {
        if (identity == null) {
            throw new IllegalStateException("nobody asked who is calling");
        }
        return identity;
    }

    public Optional<Identity> known() {
        return Optional.ofNullable(identity);
    }

    /** Of the farm, and not of one tenant. */
    public boolean isOperator() {
        return identity().may(Scope.OPERATOR);
    }

    public void identify(Identity who) {
        this.identity = who;
    }

    /** Id of the request, for the trail and the answer. */
    public String request() {
        return request;
    }

    public void request(String id) {
        this.request = id;
    }

    /** The request was about this film: for the trail, where the path does not say it. */
    public void touched(String film, int revision) {
        this.film = Optional.of(film);
        this.revision = Optional.of(revision);
    }

    /** The same of a film as a whole. */
    public void touched(String film) {
        this.film = Optional.of(film);
    }

    /** The request was about something of a tenant that is no film. */
    public void touchedOther(String tenant, String target) {
        this.tenantTouched = Optional.of(tenant);
        this.target = Optional.of(target);
    }

    /** What was asked to be shown; only looked at where prompts go into the trail. */
    public void said(Supplier<List<String>> prompts) {
        this.prompts = prompts;
    }

    public String tenantTouched() {
        return tenantTouched.orElseGet(this::tenant);
    }

    public Optional<String> film() {
        return film;
    }

    public Optional<Integer> revision() {
        return revision;
    }

    public Optional<String> target() {
        return target;
    }

    public List<String> prompts() {
        return prompts.get();
    }
}
