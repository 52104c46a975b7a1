package dev.longtake.gateway.videos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longtake.film.story.Sampling;
import dev.longtake.film.story.Scene;
import java.util.List;
import java.util.Locale;

/** Scenes as a JSON story, which the planner reads as it reads everybody's: one way to a plan, one set of checks. */
final class StoryJson {
    static final String NAME = "story.json";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StoryJson() {}

    static byte[] of(List<Scene> scenes) {
        ObjectNode story = MAPPER.createObjectNode();
        ArrayNode array = story.putArray("scenes");
        for (Scene scene : scenes) {
            ObjectNode node = array.addObject().put("prompt", scene.prompt()).put("seconds", scene.seconds()).put("start", scene.start().name().toLowerCase(Locale.ROOT));
            scene.negative().ifPresent(n -> node.put("negative", n));
            scene.seed().ifPresent(s -> node.put("seed", s));
            settings(node, scene.sampling());
        }
        try {
            return MAPPER.writeValueAsBytes(story);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("scenes are always writable", e);
        }
    }

    private static void settings(ObjectNode scene, Sampling own) {
        if (own.isNone()) {
            return;
        }
        ObjectNode settings = scene.putObject("settings");
        own.steps().ifPresent(s -> settings.put("steps", s));
        own.guidance().ifPresent(g -> settings.put("guidance", g));
        own.temperature().ifPresent(t -> settings.put("temperature", t));
    }
}
