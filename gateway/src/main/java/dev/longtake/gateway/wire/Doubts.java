package dev.longtake.gateway.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.longtake.film.story.Problem;
import dev.longtake.gateway.http.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests that another who reads them, a proxy or a cache before the gateway, could read otherwise: to whom they go, and where they end. */
final class Doubts {
    private static final ObjectMapper JSON = new ObjectMapper().findAndRegisterModules();
    private static final Pattern IN_FULL = Pattern.compile("(?i)[a-z][a-z0-9+.-]*://([^/?#]*).*");
    private static final String ENCODING = "Transfer-Encoding";

    private Doubts() {}

    static Optional<Problem> about(HttpServerRequest request) {
        List<String> encodings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        if (!encodings.isEmpty() && !(encodings.size() == 1 && encodings.get(0).strip().toLowerCase(Locale.ROOT).equals("chunked"))) {
            return Optional.of(new Problem(ENCODING, "not \"chunked\" alone", "send the body chunked or with its Content-Length"));
        }
        if (request.headers().contains("")) {
            return Optional.of(new Problem("a field", "without a name", "name each field"));
        }
        List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
        if (hosts.size() > 1) {
            return Optional.of(new Problem("Host", "given several times", "name one host"));
        }
        Matcher target = IN_FULL.matcher(request.uri());
        if (target.matches() && !(hosts.size() == 1 && target.group(1).equalsIgnoreCase(hosts.get(0).strip()))) {
            return Optional.of(new Problem("Host", "another than the request's target names", "name the host that is asked"));
        }
        return Optional.empty();
    }

    /** What follows on such a connection nobody can tell: it ends. */
    static void refuse(HttpServerResponse response, Problem problem) {
        ProblemException refusal = ProblemException.badInput(List.of(problem));
        try {
            response.setStatusCode(refusal.body().status()).putHeader(HttpHeaders.CONTENT_TYPE, ProblemException.MEDIA_TYPE).putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                    .end(Buffer.buffer(JSON.writeValueAsBytes(refusal.body()))).onComplete(done -> response.close());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem is always writable", e);
        }
    }
}
