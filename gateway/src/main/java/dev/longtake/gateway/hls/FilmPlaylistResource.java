package dev.longtake.gateway.hls;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.FilmState;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.gateway.GatewayConfig;
import dev.longtake.gateway.access.Caller;
import dev.longtake.gateway.films.FilmView;
import dev.longtake.gateway.http.ProblemException;
import dev.longtake.gateway.http.ProblemType;
import dev.longtake.gateway.http.Query;
import dev.longtake.gateway.revisions.Revisions;
import dev.longtake.media.fragment.Label;
import dev.longtake.platform.store.ObjectLinks;
import dev.longtake.platform.store.ObjectMissingException;
import dev.longtake.platform.store.ObjectStore;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** A revision as it grows: its playlist, and the fragments below it. */
@Path("/v1/films/{id}/hls")
@Singleton
public class FilmPlaylistResource {
    static final String PLAYLIST = "application/vnd.apple.mpegurl";
    private static final String VIDEO = "video/mp4";
    private static final String REVISION = "revision";
    private static final String LINKS = "links";
    private static final String EXPIRES = "expires";
    private static final String SKIP = "_HLS_skip";
    private static final Pattern INIT = Pattern.compile("init-([0-9a-f]{16})\\.mp4");
    private static final String GROWING = "private, max-age=1";
    private static final String OVER = "private, max-age=60";
    private static final String SECRET = "private, no-store";
    private static final String FOR_EVER = "private, max-age=31536000, immutable";
    private static final int MOST_LINKS = 20_000;
    /** What was rendered before a film failed may be published a moment after; nobody looks again once a playlist has ended. */
    private static final Duration LAST_FRAGMENTS = Duration.ofSeconds(10);

    private final Revisions revisions;
    private final PublishedFragments fragments;
    private final ObjectStore objects;
    private final ObjectLinks links;
    private final GatewayConfig config;
    private final Clock clock;
    private final Caller caller;

    @Inject
    public FilmPlaylistResource(Revisions revisions, PublishedFragments fragments, ObjectStore objects, ObjectLinks links, GatewayConfig config, Clock clock, Caller caller) {
        this.revisions = revisions;
        this.fragments = fragments;
        this.objects = objects;
        this.links = links;
        this.config = config;
        this.clock = clock;
        this.caller = caller;
    }

    @GET
    @Path("playlist.m3u8")
    public Response playlist(@PathParam("id") String id, @Context UriInfo uri) {
        // What players add on their own account: they may ask to wait for a fragment, which is answered at once.
        Query query = new Query(uri, REVISION, LINKS, EXPIRES, SKIP, "_HLS_msn", "_HLS_part", "_HLS_start_offset");
        OptionalInt revision = query.number(REVISION, 1, Integer.MAX_VALUE);
        boolean linked = query.flag(LINKS);
        Duration life = query.duration(EXPIRES, config.linkLongest()).orElse(config.linkLife());
        boolean skip = query.text(SKIP).isPresent();
        query.check();
        FilmState state = state(id, revision);
        Label newest = fragments.newest(state.film()).orElseThrow(() -> ProblemException.wrongState(state.state(), FilmView.isFinal(state.state())
                ? "Nothing of it can be watched in fragments; if it is finished, use /content." : "Nothing of it can be watched yet; ask again."));
        PlaylistText text = new PlaylistText(state.film().revision() + "/", newest.ticks(), isOver(state, newest));
        if (linked) {
            return answer(linked(state, newest, text, life), SECRET);
        }
        long from = skip ? text.skipBoundary(newest) : 0;
        return answer(text.grouped(fragments.blocks(state.film(), newest, from), from), text.over() ? OVER : GROWING);
    }

    private static Response answer(String playlist, String cache) {
        return Response.ok(playlist, PLAYLIST).header(HttpHeaders.CACHE_CONTROL, cache).build();
    }

    private boolean isOver(FilmState state, Label newest) {
        return FilmView.isFinal(state.state()) && (newest.endFrame() >= state.frames() || state.updated().plus(LAST_FRAGMENTS).isBefore(clock.instant()));
    }

    private String linked(FilmState state, Label newest, PlaylistText text, Duration life) {
        if (!text.over()) {
            throw ProblemException.wrongState(state.state(), "The film still grows, and whoever has links only could not ask for more; its playlist with links is there once it is over.");
        }
        if (newest.number() >= MOST_LINKS) {
            throw ProblemException.of(ProblemType.NO_LINKS, "No link can be made", "The film has more than " + MOST_LINKS + " fragments; use the playlist without links, or /link.");
        }
        List<Label> blocks = fragments.blocks(state.film(), newest, 0);
        return text.single(blocks, name -> links.link(ObjectKeys.revision(state.film()) + "hls/" + name, life, VIDEO, "inline")
                .orElseThrow(() -> ProblemException.of(ProblemType.NO_LINKS, "No link can be made", "The farm uses its object store without credentials; use the playlist without links.")).toString());
    }

    private FilmState state(String id, OptionalInt revision) {
        List<FilmState> known = revisions.known(caller.tenant(), id);
        if (known.isEmpty()) {
            throw ProblemException.noFilm();
        }
        return known.stream().filter(s -> revision.isEmpty() || s.film().revision() == revision.getAsInt()).findFirst().orElseThrow(ProblemException::noRevision);
    }

    @GET
    @Path("{n}/{name}")
    public Response fragment(@PathParam("id") String id, @PathParam("n") String n, @PathParam("name") String name) {
        List<FilmState> known = revisions.known(caller.tenant(), id);
        if (known.isEmpty()) {
            throw ProblemException.noFilm();
        }
        FilmRef film = known.stream().map(FilmState::film).filter(f -> Integer.toString(f.revision()).equals(n)).findFirst().orElseThrow(ProblemException::noRevision);
        if (INIT.matcher(name).matches()) {
            return media(one(ObjectKeys.revision(film) + "hls/" + name));
        }
        FragmentName wanted = FragmentName.parse(name).orElseThrow(FilmPlaylistResource::gone);
        if (wanted.first() < wanted.last() && objects.head(ObjectKeys.fragment(film, wanted.last())).isEmpty()) {
            throw gone();
        }
        return media(some(film, wanted));
    }

    private static Response media(StreamingOutput body) {
        return Response.ok(body, VIDEO).header(HttpHeaders.CACHE_CONTROL, FOR_EVER).build();
    }

    private StreamingOutput one(String key) {
        InputStream in = open(key).orElseThrow(FilmPlaylistResource::gone);
        return out -> {
            try (in) {
                in.transferTo(out);
            }
        };
    }

    /** One after the other: what is sent as one is never in memory as a whole. The first is opened before the answer begins, so that a store that is away is a 503. */
    private StreamingOutput some(FilmRef film, FragmentName wanted) {
        StreamingOutput first = one(ObjectKeys.fragment(film, wanted.first()));
        return out -> {
            first.write(out);
            for (int n = wanted.first() + 1; n <= wanted.last(); n++) {
                String key = ObjectKeys.fragment(film, n);
                try (InputStream in = open(key).orElseThrow(() -> new IOException(key + " is gone"))) {
                    in.transferTo(out);
                }
            }
        };
    }

    private Optional<InputStream> open(String key) {
        try {
            return Optional.of(objects.open(key, 0, -1));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        }
    }

    private static ProblemException gone() {
        return ProblemException.of(ProblemType.NO_SUCH_OBJECT, "There is no such fragment", "See the film's playlist.");
    }
}
