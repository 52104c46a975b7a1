package dev.longtake.gateway.http;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.longtake.contract.Lane;
import dev.longtake.film.story.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A change of a film's lane alone: {@code {"lane": "interactive"}}, or no body and {@code ?lane=interactive}. */
final class LaneBody {
    private static final String LANE = "lane";
    private static final int LARGEST = 1 << 10;
    private static final int DEPTH = 20;
    private static final ObjectMapper MAPPER = JsonMapper.builder(com.fasterxml.jackson.core.JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH).build()).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private LaneBody() {}

    /** The lane asked for; empty if the body is a story, or what should be one. */
    static Optional<Lane> read(StoryBody body, Query query) {
        if (body.isEmpty()) {
            return query.text(LANE).map(LaneBody::lane);
        }
        if (body.story().length > LARGEST || body.image().isPresent()) {
            return Optional.empty();
        }
        JsonNode root;
        try {
            root = MAPPER.readTree(body.story());
        } catch (IOException e) {
            return Optional.empty();
        }
        if (root == null || !root.isObject() || !root.has(LANE) || root.has("scenes")) {
            return Optional.empty();
        }
        List<Problem> problems = new ArrayList<>();
        root.fieldNames().forEachRemaining(name -> {
            if (!name.equals(LANE)) {
                problems.add(new Problem(name.replaceAll("\\p{C}", "?"), "cannot be changed beside the lane alone", "send the scenes, too, or only the lane"));
            }
        });
        if (query.text(LANE).isPresent()) {
            problems.add(new Problem(LANE, "given twice", "give it in the body or in the query"));
        }
        if (!root.get(LANE).isTextual()) {
            problems.add(new Problem(LANE, "not text", "write \"interactive\" or \"batch\""));
        }
        if (!problems.isEmpty()) {
            throw ProblemException.badInput(problems);
        }
        return Optional.of(lane(root.get(LANE).asText()));
    }

    private static Lane lane(String label) {
        for (Lane lane : Lane.values()) {
            if (lane.name().toLowerCase(Locale.ROOT).equals(label)) {
                return lane;
            }
        }
        throw ProblemException.badInput(LANE, "no such lane", "use interactive or batch");
    }
}
