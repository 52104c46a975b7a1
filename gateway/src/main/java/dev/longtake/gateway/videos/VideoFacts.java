package dev.longtake.gateway.videos;

import dev.longtake.film.plan.PlanDocument;
import dev.longtake.film.story.Scene;

/**
 * What a video shows that only the film's plan knows.
 *
 * @param prompt      as it was written; for a film that was not asked for by one, its scenes, a line each. Null if the plan cannot be read
 * @param remixedFrom id of the video whose settings it took over, or null
 */
record VideoFacts(String prompt, String remixedFrom) {
    static final VideoFacts NONE = new VideoFacts(null, null);

    /** A story may have 4 MiB, and a list shows many. */
    private static final int LONGEST = VideoRequest.PROMPT_CHARS;

    static VideoFacts of(PlanDocument plan) {
        PlanDocument.Origin origin = plan.origin() == null ? new PlanDocument.Origin(null, null) : plan.origin();
        return new VideoFacts(origin.prompt() == null ? scenes(plan) : origin.prompt(), origin.remixedFrom() == null ? null : VideoIds.of(origin.remixedFrom()));
    }

    private static String scenes(PlanDocument plan) {
        StringBuilder text = new StringBuilder();
        for (Scene scene : plan.story().scenes()) {
            text.append(text.length() == 0 ? "" : "\n").append(scene.prompt());
            if (text.length() > LONGEST) {
                return text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, LONGEST) - 1)) + "\u2026";
            }
        }
        return text.toString();
    }

    /** Characters it holds in memory. */
    int weight() {
        return prompt == null ? 0 : prompt.length();
    }
}
