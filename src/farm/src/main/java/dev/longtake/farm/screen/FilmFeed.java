package dev.longtake.farm.screen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.client.FarmClient;
import dev.longtake.farm.client.FarmClient.RefusedException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Listens to a film in the background, and keeps what a screen shows of it. What cannot be heard or fetched is left out: whoever watches
 * still knows from the film itself how far it is.
 */
public final class FilmFeed implements AutoCloseable {
    private static final Set<String> DONE = Set.of("accepted", "clipped");
    private static final long PAUSE_MILLIS = 1_000;

    private final FarmClient client;
    private final String film;
    private final boolean pictures;
    private final Thread thread;
    private volatile boolean closed;

    // Guarded by this.
    private SceneBars bars = new SceneBars(List.of());
    private Optional<BufferedImage> picture = Optional.empty();
    private int revision;

    /** @param pictures whether segments' pictures are fetched */
    public FilmFeed(FarmClient client, String film, boolean pictures) {
        this.client = client;
        this.film = film;
        this.pictures = pictures;
        this.thread = new Thread(this::listen, "film-feed");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** As far as is known; empty of scenes before anything is. */
    public synchronized SceneBars bars() {
        return bars;
    }

    /** Of the segment that was rendered last. */
    public synchronized Optional<BufferedImage> picture() {
        return picture;
    }

    private void listen() {
        Optional<String> last = Optional.empty();
        while (!closed) {
            try {
                last = client.events(film, last, () -> {
                    if (!closed) {
                        look();
                    }
                }, this::heard);
            } catch (IOException | RefusedException e) {
                // The film itself is asked for by others, who say so.
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What there is already, once events are heard: in the other order something would be missed in between. */
    private void look() {
        try {
            int now = client.film(film).path("revision").asInt();
            List<SceneBars.Scene> scenes = new ArrayList<>();
            for (JsonNode page : client.pages("/v1/films/" + film + "/revisions/" + now)) {
                page.path("scenes").forEach(s -> scenes.add(new SceneBars.Scene(s.path("prompt").asText(), s.path("segments").size())));
            }
            SceneBars read = new SceneBars(scenes);
            Optional<String> newest = Optional.empty();
            for (JsonNode page : client.pages("/v1/films/" + film + "/lineage")) {
                for (JsonNode segment : page.path("segments")) {
                    String attempt = segment.has("attempt") ? segment.get("attempt").asText() : segment.path("stored").path(0).path("attempt").asText("");
                    if (!attempt.isEmpty()) {
                        read.set(segment.path("segment").asInt(), true);
                        newest = Optional.of("/v1/segments/" + segment.path("key").asText() + "/" + attempt + "/thumbnail");
                    }
                }
            }
            synchronized (this) {
                bars = read;
                revision = now;
            }
            newest.ifPresent(this::draw);
        } catch (IOException | RefusedException e) {
            // As above.
        }
    }

    private void heard(String name, JsonNode event) {
        if (!name.equals("segment")) {
            return;
        }
        if (event.path("revision").asInt() > revision) {
            look();
            return;
        }
        synchronized (this) {
            bars.set(event.path("segment").asInt(), DONE.contains(event.path("to").asText()));
        }
        if (event.has("thumbnail")) {
            draw(event.get("thumbnail").asText());
        }
    }

    private void draw(String path) {
        if (!pictures) {
            return;
        }
        try {
            BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(client.bytes(path)));
            synchronized (this) {
                picture = Optional.ofNullable(drawn);
            }
        } catch (IOException | RefusedException e) {
            // The one before stays.
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
