package dev.longtake.farm.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.client.FarmClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a film other scenes. */
@Command(name = "revise", description = "Give a film other scenes; only what changed, and what follows from it, is rendered.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake revise 0911cb93245636c42d53b48b other.txt --dry-run", "  longtake revise 0911cb93245636c42d53b48b other.txt"})
final class ReviseVerb extends Verb {
    private static final int SHOWN = 20;

    @Parameters(index = "0", paramLabel = "FILM", description = "The film.")
    private String id;

    @Mixin
    private StoryInput input;

    @Option(names = "--dry-run", description = "Only say what would be rendered and what is kept.")
    private boolean dryRun;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        StoryInput.Checked story = input.read(terminal());
        Map<String, String> parameters = new LinkedHashMap<>(story.parameters());
        if (story.story().title().isEmpty()) {
            // What its file is called is no reason to call a film otherwise.
            parameters.remove("title");
        }
        JsonNode revised = server.call(c -> c.revise(id, story.bytes(), story.json(), parameters, story.image(), dryRun));
        terminal().warn(FarmClient.warnings(revised));
        print(options().json() ? revised.toString() : text(revised));
        return DONE;
    }

    private static String text(JsonNode r) {
        String id = r.path("id").asText();
        if (r.path("unchanged").asBoolean()) {
            return id + "  revision " + r.path("revision").asInt() + " is like this already; there is nothing to render";
        }
        String first = id + "  revision " + r.path("revision").asInt() + (r.path("dry_run").asBoolean() ? " would keep " : " keeps ") + r.path("reused").asInt() + " of "
                + r.path("segments").asInt() + (r.path("dry_run").asBoolean() ? " segments and render " : " segments and renders ") + r.path("to_render").asInt() + " (" + r.path("frames_to_render").asLong() + " of " + r.path("frames").asLong() + " frames)";
        JsonNode scenes = r.path("changed_scenes");
        if (scenes.isEmpty()) {
            return first;
        }
        String places = StreamSupport.stream(scenes.spliterator(), false).limit(SHOWN).map(s -> Integer.toString(s.asInt() + 1)).collect(Collectors.joining(", "));
        return first + "\nscenes to render: " + places + (scenes.size() > SHOWN ? ", and " + (scenes.size() - SHOWN) + " more" : "");
    }
}
