package dev.longtake.farm.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.longtake.farm.client.FarmClient;
import dev.longtake.film.story.Vocabulary.Warning;
import dev.longtake.gateway.films.FilmView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Hands a story in and does not wait. */
@Command(name = "submit", description = "Hand a story in to a running farm.", footerHeading = Verb.EXAMPLES,
        footer = {"  longtake submit story.txt --preset fast", "  longtake submit story.json --callback https://example.com/hook --json"})
final class SubmitVerb extends Verb {
    @Mixin
    private StoryInput input;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() throws IOException {
        StoryInput.Checked story = input.read(terminal());
        JsonNode answer = server.call(c -> c.submitted(story.bytes(), story.json(), story.parameters(), story.image()));
        FilmView film = FarmClient.view(answer);
        Optional<String> secret = Optional.ofNullable(answer.path("callback").path("secret").textValue());
        terminal().warn(film.warnings().orElse(List.of()));
        print(options().json() ? Summary.write(new Submitted(film.id(), film.state(), film.frames(), film.scenes(), film.segments(), secret.orElse(null), film.warnings().orElse(List.of()))) : film.id());
        if (!options().json() && secret.isPresent()) {
            terminal().err().println("notifications are signed with " + secret.get());
        }
        return DONE;
    }

    /** The film that was accepted. @param callbackSecret what notifications to its callback are signed with */
    record Submitted(String id, String state, int frames, int scenes, int segments, @JsonProperty("callback_secret") @JsonInclude(JsonInclude.Include.NON_NULL) String callbackSecret,
                     @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Warning> warnings) {}
}
