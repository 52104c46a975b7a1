package dev.longtake.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BundleManifestTest {
    private static ShippedBundle sample() throws BadBundleException {
        return ShippedBundle.find("sample").orElseThrow();
    }

    @Test
    void everyFieldIsRead() throws Exception {
        BundleManifest m = sample().manifest();
        assertThat(m.engineRevision()).isEqualTo(3);
        assertThat(m.video()).isEqualTo(new BundleManifest.Video(64, 48, 8, 11, 5));
        assertThat(m.codes().maskId()).isEqualTo(1000);
        assertThat(m.transformer().textWidth()).isEqualTo(384);
        assertThat(m.textEncoder().modelSha256()).isEqualTo("aa");
        assertThat(m.sampler()).isEqualTo(new BundleManifest.Sampler(12, 8, 3.5, 0.5, 1, 3, "cosine"));
        assertThat(m.golden().codeMismatches()).isEqualTo(4);
    }

    @Test
    void aFileInPartsIsReadWhole() throws Exception {
        ShippedBundle bundle = sample();
        try (InputStream in = bundle.open(bundle.manifest().files().get(0))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("first second");
        }
        try (InputStream in = bundle.open(bundle.manifest().files().get(1))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("whole");
        }
        assertThatThrownBy(() -> bundle.open(new BundleManifest.FileEntry("absent.pt", 1, "", 1))).hasMessageContaining("lacks absent.pt");
    }

    @Test
    void theDigestIsThatOfTheStoredBytes() throws Exception {
        assertThat(BundleManifest.digest("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(sample().digest()).isEqualTo(BundleManifest.digest(sample().manifestBytes()));
    }

    @Test
    void whatIsNoManifestIsRefusedWithTheReason() throws Exception {
        String good = new String(sample().manifestBytes(), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> read("{}")).isInstanceOf(BadBundleException.class).hasMessageContaining("engine_revision");
        assertThatThrownBy(() -> read("[")).isInstanceOf(BadBundleException.class);
        assertThatThrownBy(() -> read(good.replace("longtake-bundle-1", "longtake-bundle-9"))).hasMessageContaining("longtake-bundle-9");
        assertThatThrownBy(() -> read(good.replace("\"fps\": 8,", ""))).hasMessageContaining("fps");
        assertThat(read(good.replace("\"fps\": 8,", "\"fps\": 8, \"since\": 1,")).video().fps()).isEqualTo(8);
        assertThat(ShippedBundle.find("no-such-bundle")).isEmpty();
    }

    private static BundleManifest read(String json) throws BadBundleException {
        return BundleManifest.read(json.getBytes(StandardCharsets.UTF_8));
    }
}
