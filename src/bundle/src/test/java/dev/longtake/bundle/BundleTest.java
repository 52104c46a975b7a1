package dev.longtake.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles in folders, with the shipped one as the example. */
class BundleTest {
    @TempDir
    Path dir;
    private Path copy;

    @BeforeEach
    void copyTheShippedOne() throws Exception {
        copy = Files.createDirectories(dir.resolve("mine"));
        URI shipped = Bundle.class.getResource("/dev/longtake/bundle/phenaki/manifest.json").toURI();
        try (Stream<Path> files = Files.list(Path.of(shipped).getParent())) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, copy.resolve(file.getFileName().toString()));
            }
        }
    }

    private void edit(String file, String from, String to) throws IOException {
        String text = Files.readString(copy.resolve(file));
        assertThat(text).contains(from);
        Files.writeString(copy.resolve(file), text.replace(from, to));
    }

    @Test
    void theShippedBundleIsWholeAndSoIsACopyOfItUnderAnotherName() throws Exception {
        Bundle.shipped().verify();
        edit("manifest.json", "\"name\" : \"phenaki\"", "\"name\" : \"mine\"");
        Bundle mine = Bundle.at(copy);
        mine.verify();
        assertThat(mine.manifest().name()).isEqualTo("mine");
        assertThat(mine.digest()).isNotEqualTo(Bundle.shipped().digest());
        assertThat(mine.unpack(dir.resolve("cache")).resolve("transformer.pt")).hasSize(36_183_769);
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        assertThatThrownBy(() -> Bundle.at(dir.resolve("nowhere"))).isInstanceOf(BadBundleException.class).hasMessageContaining("nowhere is not there");
        assertThatThrownBy(() -> Bundle.at(copy.resolve("card.md"))).isInstanceOf(BadBundleException.class).hasMessageContaining("is no folder");
        assertThatThrownBy(() -> Bundle.at(Files.createDirectory(dir.resolve("empty")))).hasMessageContaining("has no manifest.json");
        for (String file : List.of("golden.npz", "transformer.pt.gz.part1", "vocabulary.txt")) {
            byte[] bytes = Files.readAllBytes(copy.resolve(file));
            Files.delete(copy.resolve(file));
            assertThatThrownBy(() -> Bundle.at(copy).verify()).isInstanceOf(BadBundleException.class).hasMessageContaining("lacks " + file);
            assertThatThrownBy(() -> Bundle.at(copy).unpack(dir.resolve("cache-without-" + file))).isInstanceOf(BadBundleException.class).hasMessageContaining("lacks " + file);
            Files.write(copy.resolve(file), bytes);
        }
    }

    @Test
    void whatIsDamagedIsNamedWhetherItIsCompressedOrNot() throws Exception {
        for (String file : List.of("golden.npz", "encode.pt.gz", "transformer.pt.gz.part0", "card.json")) {
            byte[] bytes = Files.readAllBytes(copy.resolve(file));
            byte[] damaged = bytes.clone();
            damaged[bytes.length / 2] ^= 0x55;
            Files.write(copy.resolve(file), damaged);
            String name = file.replace(".gz", "").replace(".part0", "");
            assertThatThrownBy(() -> Bundle.at(copy).verify()).isInstanceOf(BadBundleException.class).hasMessageContaining(name).hasMessageContaining("damaged");
            Files.write(copy.resolve(file), bytes);
        }
        Files.writeString(copy.resolve("vocabulary.txt"), "more\n".repeat(1_000));
        assertThatThrownBy(() -> Bundle.at(copy).vocabulary()).isInstanceOf(BadBundleException.class).hasMessageContaining("vocabulary.txt").hasMessageContaining("more than the");
    }

    @Test
    void wordsAndCardAreOnlyWhatTheManifestVouchesFor() throws Exception {
        assertThat(Bundle.shipped().vocabulary().orElseThrow().lines()).hasSize(153).contains("lion", "skyscraper").doesNotContain("horse");
        JsonNode card = new ObjectMapper().readTree(Bundle.shipped().card());
        assertThat(card.get("sources").fieldNames()).toIterable().allMatch(card::has);
        edit("manifest.json", "\"vocabulary.txt\"", "\"other.txt\"");
        edit("manifest.json", "\"card.json\"", "\"other.json\"");
        assertThat(Bundle.at(copy).vocabulary()).isEmpty();
        assertThat(new String(Bundle.at(copy).card(), StandardCharsets.UTF_8)).isEqualTo("{}");
    }
}
