package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unmodified client of {@code /v1/videos} speaks with the farm: every operation, every variant, every error. */
class VideosIT {
    private static final int MINUTES = 15;

    @TempDir
    Path dir;

    @Test
    void theOfficialClientDoesAllThatItCan() throws Exception {
        String node = Needs.node();
        Path scripts = Repository.root().resolve("src/system-test/src/test/node");
        Needs.nodePackage(scripts, "openai");
        Path picture = picture();
        Path data = dir.resolve("data");
        JsonNode ids;
        try (FarmProcess farm = FarmProcess.up(data, Map.of("LONGTAKE_GATEWAY_UNFINISHED_FILMS", "3"))) {
            Path output = dir.resolve("client.txt");
            ProcessBuilder builder = new ProcessBuilder(List.of(node, "videos.mjs")).directory(scripts.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(Map.of("FARM", farm.url("").toString(), "PICTURE", picture.toString()));
            Process client = builder.start();
            boolean ended = client.waitFor(MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                client.destroyForcibly().waitFor();
            }
            List<String> said = Files.readAllLines(output);
            assertThat(ended).as("the client ended within %d minutes\n%s\n%s", MINUTES, String.join("\n", said), farm.tailOfLog()).isTrue();
            assertThat(client.exitValue()).as("%s\n%s", String.join("\n", said), farm.tailOfLog()).isZero();
            ids = new ObjectMapper().readTree(said.get(said.size() - 1));

            // The extension is the source's one segment, taken over, and one that goes on from its tail.
            JsonNode source = farm.film(film(ids, "source"));
            JsonNode extension = farm.film(film(ids, "extension"));
            assertThat(source.get("segments").asInt()).isEqualTo(1);
            assertThat(extension.get("segments").asInt()).isEqualTo(2);
            assertThat(extension.get("reused").asInt()).isEqualTo(1);
            JsonNode before = segment(farm, ids, "source", 0);
            assertThat(segment(farm, ids, "extension", 0).get("attempt")).isEqualTo(before.get("attempt"));
            assertThat(segment(farm, ids, "extension", 1).at("/parent/attempt")).isEqualTo(before.get("attempt"));
        }
        try (FarmProcess farm = FarmProcess.up(data, Map.of())) {
            JsonNode remix = new ObjectMapper().readTree(farm.get("/v1/videos/" + ids.get("remix").asText()).body());
            assertThat(remix.get("status").asText()).isEqualTo("completed");
            assertThat(remix.get("remixed_from_video_id")).as("after a restart").isEqualTo(ids.get("source"));
        }
    }

    private static String film(JsonNode ids, String which) {
        return ids.get(which).asText().substring("video_".length());
    }

    private static JsonNode segment(FarmProcess farm, JsonNode ids, String which, int index) throws Exception {
        return new ObjectMapper().readTree(farm.get("/v1/films/" + film(ids, which) + "/lineage").body()).get("segments").get(index);
    }

    private Path picture() throws Exception {
        BufferedImage image = new BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(new Color(30, 80, 160));
        g.fillRect(0, 0, 160, 120);
        g.setColor(Color.ORANGE);
        g.fillOval(60, 40, 40, 40);
        g.dispose();
        Path file = dir.resolve("picture.png");
        ImageIO.write(image, "png", file.toFile());
        return file;
    }
}
