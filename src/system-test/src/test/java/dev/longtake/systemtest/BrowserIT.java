package dev.longtake.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A finished film plays in a browser, to its end, with the frames it should have. */
class BrowserIT {
    private static final String PLAY_TO_THE_END = """
            () => new Promise((resolve, reject) => {
              const video = document.querySelector('video');
              video.muted = true;
              video.loop = false;
              video.onerror = () => reject(new Error('media error ' + video.error.code + ' ' + video.error.message));
              video.onended = () => resolve({
                duration: video.duration, width: video.videoWidth, height: video.videoHeight,
                time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames });
              video.currentTime = 0;
              video.playbackRate = 1;
              video.play().catch(reject);
            })""";

    @TempDir
    Path dir;

    @Test
    void aFilmPlaysToItsEndInChromium() throws Exception {
        String chromium = Needs.chromium();
        try (FarmProcess farm = FarmProcess.up(dir.resolve("data"), java.util.Map.of())) {
            String id = farm.submit("A blue fish swims in the ocean. [1.5s]\nThe coastline in daylight. [1s#]\n", "?steps=2");
            farm.awaitFinished(id);
            try (Playwright playwright = Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                    Browser browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(Path.of(chromium))
                            .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                                    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required")))) {
                Page page = browser.newPage();
                page.navigate(farm.url("/v1/films/" + id + "/content").toString());
                @SuppressWarnings("unchecked")
                Map<String, Object> played = (Map<String, Object>) page.evaluate(PLAY_TO_THE_END);
                assertThat(number(played, "duration")).isEqualTo(20 / 8.0, org.assertj.core.data.Offset.offset(0.001));
                assertThat(number(played, "width")).isEqualTo(128);
                assertThat(number(played, "height")).isEqualTo(128);
                assertThat(number(played, "time")).isEqualTo(20 / 8.0, org.assertj.core.data.Offset.offset(0.13));
                assertThat(number(played, "frames")).isGreaterThanOrEqualTo(10);
            }
        }
    }

    private static double number(Map<String, Object> map, String key) {
        return ((Number) map.get(key)).doubleValue();
    }
}
