package dev.longtake.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Somebody changed something, or was refused it.
 *
 * @param tenant      whose things it was about
 * @param actor       {@code key:<id>}, {@code sub:<subject>} or {@code bootstrap}
 * @param actorTenant whose key or token that was
 * @param operation   as the HTTP description names it, such as {@code submitFilm}
 * @param target      id of what it was about, where that is no film: a key, a letter
 * @param status      of the answer
 * @param problem     type of the problem, where it was refused
 * @param request     id of the request, as the answer's {@code X-Request-Id} says it
 * @param prompts     of what was submitted; only where the gateway is told to write them
 */
public record AuditRecord(int version, String tenant, String actor, String actorTenant, String operation,
                          @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> film, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Integer> revision,
                          @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> target, int status, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> problem,
                          String request, Instant at, @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<List<String>> prompts) implements Message {}
