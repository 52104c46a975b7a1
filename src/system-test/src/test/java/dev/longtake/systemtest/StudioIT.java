package dev.longtake.systemtest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the page is for, done by hand in a browser: write, watch it grow, change a scene, compare, keep. */
@Timeout(900)
class StudioIT {
    private static final String STORY = "A blue fish swims in the ocean. [1.5s]\nThe coastline in daylight. [1.5s]\nA futuristic city at night. [1.5s#]\n";
    private static final String PLAY_TO_THE_END = """
            () => new Promise((resolve, reject) => {
              const video = document.querySelector('video');
              video.onerror = () => reject(new Error('media error ' + video.error.code + ' ' + video.error.message));
              video.onended = () => resolve({ duration: video.duration, time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames });
              video.currentTime = 0;
              video.play().catch(reject);
            })""";
    private static final LocatorAssertions.IsVisibleOptions PATIENTLY = new LocatorAssertions.IsVisibleOptions().setTimeout(StudioPage.PATIENCE);

    @TempDir
    static Path dir;

    private static FarmProcess farm;
    private static Playwright playwright;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        Needs.chromium();
        farm = FarmProcess.up(dir.resolve("data"), Map.of());
        playwright = StudioPage.playwright();
        browser = StudioPage.browser(playwright);
    }

    @AfterAll
    static void stop() throws Exception {
        if (playwright != null) {
            playwright.close();
        }
        if (farm != null) {
            farm.close();
        }
    }

    @Test
    void aStoryIsWrittenWatchedWhileItGrowsChangedComparedAndFetched() throws Exception {
        try (StudioPage studio = StudioPage.open(browser, farm, "/write")) {
            Page page = studio.page();
            page.locator("#story").fill(STORY);
            assertThat(page.locator(".scene")).hasCount(3);
            assertThat(page.locator(".facts")).containsText("4.5 s");
            assertThat(studio.scene(2).locator("select")).hasValue("cut");
            page.locator("input[name=title]").fill("A day");

            // While it grows.
            studio.button("Render the film").click();
            page.waitForURL("**/#/films/*");
            String id = page.url().substring(page.url().lastIndexOf('/') + 1);
            assertThat(page.locator("h1")).hasText("A day");
            page.waitForFunction("() => document.querySelector('video')?.readyState >= 2", null, new Page.WaitForFunctionOptions().setTimeout(StudioPage.PATIENCE));
            JsonNode growing = farm.film(id);
            assertThat(growing.get("state").asText()).as("it is watched before it is finished").isEqualTo("rendering");
            assertThat(page.locator("[data-segment] img[src]").first()).isVisible(PATIENTLY);
            assertThat(page.locator("[data-segment][data-state=dispatched]").first()).isVisible(PATIENTLY);
            studio.picture("watch-growing");
            StudioPage late = studio.another("/films/" + id);
            page.evaluate("() => { document.querySelector('video').play(); }");
            studio.awaitState("finished");
            int segments = growing.get("segments").asInt();
            assertThat(studio.cells()).hasCount(segments);
            assertThat(page.locator("[data-segment][data-state=clipped]")).hasCount(segments);

            assertThat(late.page().locator("[data-segment][data-state=clipped]")).hasCount(segments, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
            late.page().waitForFunction("() => document.querySelector('video')?.duration > 4.4", null, new Page.WaitForFunctionOptions().setTimeout(60_000));
            late.requireNoComplaint();
            late.page().close();

            // To its end, by the player that followed it.
            page.waitForFunction("() => Number.isFinite(document.querySelector('video').duration) && document.querySelector('video').duration > 4.4", null,
                    new Page.WaitForFunctionOptions().setTimeout(60_000));
            @SuppressWarnings("unchecked")
            Map<String, Object> played = (Map<String, Object>) page.evaluate(PLAY_TO_THE_END);
            assertThat(((Number) played.get("duration")).doubleValue()).isEqualTo(36 / 8.0, org.assertj.core.data.Offset.offset(0.01));
            assertThat(((Number) played.get("time")).doubleValue()).isEqualTo(36 / 8.0, org.assertj.core.data.Offset.offset(0.13));

            // Where a segment comes from.
            studio.cells().nth(1).click();
            assertThat(page.locator("#details")).containsText("A blue fish swims in the ocean.");
            assertThat(page.locator("#details")).containsText("can be watched");
            assertThat(page.locator("#details dd").nth(2)).hasText("1");
            assertThat(page.locator("#details dd").nth(4)).not().hasText("–");

            // Another ending.
            page.getByText("Change scenes").click();
            assertThat(page.locator(".scene")).hasCount(3);
            studio.prompt(2).fill("A robot stands in the blue room.");
            assertThat(page.locator("#comes-to")).containsText("kept");
            assertThat(studio.scene(2).locator(".badge")).hasText("renders");
            assertThat(studio.scene(0).locator(".badge")).hasText("kept");
            assertThat(page.locator("#comes-to")).containsText(Pattern.compile("[23] segments render"));
            String said = page.locator("#comes-to").textContent();
            studio.picture("change");
            studio.button("Render revision 2").click();
            page.waitForURL("**/#/films/" + id);
            assertThat(page.locator(".watching")).containsText("revision 2", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
            studio.awaitState("finished");
            JsonNode changed = farm.film(id);
            assertThat(said).as("what was said is what was done").contains(changed.get("reused").asInt() + " kept").contains((segments - changed.get("reused").asInt()) + " segments render");

            // Side by side, in step.
            page.locator(".head .tools").getByText("Compare").click();
            assertThat(page.locator("video")).hasCount(2);
            assertThat(page.locator("#difference")).containsText("keeps " + changed.get("reused").asInt() + " segments of revision 1");
            page.waitForFunction("() => [...document.querySelectorAll('video')].every(v => v.readyState >= 2 && v.duration > 4)");
            page.evaluate("() => { document.querySelector('video').currentTime = 3.6; }");
            page.waitForFunction("() => [...document.querySelectorAll('video')].every(v => Math.abs(v.currentTime - 3.6) < 0.11 && !v.seeking)");
            studio.picture("compare");
            page.evaluate("() => { document.querySelector('video').currentTime = 0; document.querySelector('video').play(); }");
            page.waitForFunction("() => [...document.querySelectorAll('video')].every(v => v.currentTime > 1)");
            assertThat(((Number) page.evaluate("() => { const [a, b] = document.querySelectorAll('video'); return Math.abs(a.currentTime - b.currentTime); }")).doubleValue()).isLessThan(0.35);

            // Kept.
            studio.go("/films/" + id);
            Download download = page.waitForDownload(() -> studio.button("Download").click());
            assertThat(download.suggestedFilename()).isEqualTo("A day.mp4");
            assertThat(Files.readAllBytes(download.path())).isEqualTo(farm.content(id));
            studio.button("Copy as JSON").click();
            assertThat(page.locator(".toast")).containsText("copied");
            String story = (String) page.evaluate("() => navigator.clipboard.readText()");
            JsonNode again = new ObjectMapper().readTree(farm.post("/v1/films/plan", "application/json", story.getBytes(StandardCharsets.UTF_8)).body());
            assertThat(again.at("/scenes/2/prompt").asText()).isEqualTo("A robot stands in the blue room.");
            assertThat(again.at("/settings/steps").asInt()).isEqualTo(8);
        }
    }

    @Test
    void scenesAreEditedAndProblemsAreShownWhereTheyBelong() throws Exception {
        Needs.time(1);
        try (StudioPage studio = StudioPage.open(browser, farm, "/write")) {
            Page page = studio.page();
            page.locator("#story").fill(STORY);
            assertThat(page.locator(".scene")).hasCount(3);
            page.getByLabel("Move Scene 1 down").click();
            assertThat(studio.prompt(0)).hasValue("The coastline in daylight.");
            page.getByLabel("Remove Scene 2").click();
            assertThat(page.locator(".scene")).hasCount(2);
            studio.button("Undo").click();
            assertThat(page.locator(".scene")).hasCount(3);
            assertThat(studio.prompt(1)).hasValue("A blue fish swims in the ocean.");
            studio.button("Add a scene").click();
            assertThat(studio.scene(3).locator(".problems")).containsText("the prompt is empty; say what is seen");
            studio.prompt(3).fill("A lion.");
            assertThat(studio.scene(3).locator(".problems li")).hasCount(0);
            studio.scene(1).locator("input[type=number]").fill("-2");
            studio.scene(1).locator("input[type=number]").press("Tab");
            assertThat(studio.scene(1).locator(".problems")).containsText("cannot last -2 seconds");
            assertThat(studio.scene(0).locator(".problems li")).hasCount(0);
            studio.scene(1).locator("input[type=number]").fill("1");
            studio.scene(1).locator("input[type=number]").press("Tab");
            assertThat(page.locator(".problems li")).hasCount(0);
            page.getByText("Open a file").locator("input").setInputFiles(new com.microsoft.playwright.options.FilePayload("story.txt", "text/plain", "A city. [1s]\nA river. [2s#]\n".getBytes(StandardCharsets.UTF_8)));
            assertThat(page.locator(".scene")).hasCount(2);
            java.io.ByteArrayOutputStream png = new java.io.ByteArrayOutputStream();
            javax.imageio.ImageIO.write(new java.awt.image.BufferedImage(3_000, 1_500, java.awt.image.BufferedImage.TYPE_INT_RGB), "png", png);
            page.getByText("Start image").locator("input").setInputFiles(new com.microsoft.playwright.options.FilePayload("photo.png", "image/png", png.toByteArray()));
            assertThat(page.locator("img.start")).isVisible();
            assertThat(page.evaluate("() => document.querySelector('img.start').naturalWidth")).isEqualTo(1024);
            assertThat(page.locator(".problems li")).hasCount(0);
            page.reload();
            assertThat(page.locator("img.start")).isVisible();
            studio.button("Without it").click();
            assertThat(page.locator("img.start")).hasCount(0);
            assertThat(page.locator(".scene")).hasCount(2);
            assertThat(page.locator("#story")).hasValue("A city. [1s]\nA river. [2s#]\n");
            studio.button("Begin anew").click();
            assertThat(page.locator(".scene")).hasCount(0);
        }
    }

    @Test
    void whatOneTabDoesTheOtherShows() {
        Needs.time(1);
        try (StudioPage one = StudioPage.open(browser, farm, "/write")) {
            String id = one.submit("A green fish floats in the dark ocean. [12s]\n");
            StudioPage two = one.another("/films/" + id);
            one.awaitState("rendering");
            two.awaitState("rendering");
            two.button("Pause").click();
            one.awaitState("paused");
            one.button("Resume").click();
            two.awaitState("rendering");
            two.go("/farm");
            assertThat(two.page().locator("tbody").first()).containsText("step", new LocatorAssertions.ContainsTextOptions().setTimeout(60_000));
            assertThat(two.page().getByLabel("Queue")).containsText("batch");
            assertThat(two.page().getByText("All is well.")).isVisible();
            two.go("/films");
            Locator film = two.page().locator("[data-film='" + id + "']");
            assertThat(film).isVisible();
            one.button("Cancel").click();
            assertThat(film.locator(".badge")).hasText("cancelled", new LocatorAssertions.HasTextOptions().setTimeout(60_000));
            film.getByText("Delete").click();
            assertThat(film).hasCount(0);
            two.button("Undo").click();
            assertThat(film).isVisible();
            film.getByText("Delete").click();
            assertThat(film).hasCount(0);
            // The undo is over, and the farm has been told.
            one.page().waitForCondition(() -> {
                try {
                    return farm.get("/v1/films/" + id).statusCode() == 404;
                } catch (java.io.IOException e) {
                    return false;
                }
            }, new Page.WaitForConditionOptions().setTimeout(60_000));
            two.page().reload();
            assertThat(two.page().locator("h1")).hasText("Films");
            assertThat(film).hasCount(0);
            two.requireNoComplaint();
        }
    }

    @Test
    void offlineAndBackAndAFarmThatIsStartedAnew() throws Exception {
        Needs.time(1);
        Path data = dir.resolve("restarted");
        FarmProcess first = FarmProcess.up(data, Map.of());
        try (StudioPage studio = StudioPage.open(browser, first, "/write")) {
            String id = studio.submit("A red fish swims to the right in the deep sea. [6s]\n");
            Page page = studio.page();
            studio.awaitState("rendering");
            studio.context().setOffline(true);
            assertThat(page.locator("#linked")).containsText("Not connected");
            int before = page.locator("[data-segment] img[src]").count();
            first.awaitAccepted(id, before + 1);
            studio.context().setOffline(false);
            assertThat(page.locator("#linked")).hasText("", new LocatorAssertions.HasTextOptions().setTimeout(60_000));
            page.waitForCondition(() -> page.locator("[data-segment] img[src]").count() > before, new Page.WaitForConditionOptions().setTimeout(60_000));

            int port = first.url("/").getPort();
            first.terminate();
            assertThat(page.locator("#linked")).containsText("Not connected");
            first = FarmProcess.up(data, Map.of(), "--port", Integer.toString(port));
            assertThat(page.locator("#linked")).hasText("", new LocatorAssertions.HasTextOptions().setTimeout(60_000));
            studio.awaitState("finished");
            assertThat(page.locator("[data-segment][data-state=clipped]")).hasCount(first.film(id).get("segments").asInt());
            page.waitForFunction("() => document.querySelector('video')?.duration > 5.9", null, new Page.WaitForFunctionOptions().setTimeout(60_000));
        } finally {
            first.close();
        }
    }
}
