package dev.longtake.systemtest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import dev.longtake.contract.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page for whoever has no mouse, sees little, has a small screen, has to show a key, or means harm. */
@Timeout(900)
class StudioLooksIT {
    /** As {@code longtake keys bootstrap} draws it. */
    private static final String KEY = "lt_000000000001_" + "k".repeat(43);
    private static final String STORY = "A futuristic city at night. [1s]\nA red fish swims to the right in the deep sea. [1s#]\n";
    private static final String AXE = """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
              .filter(v => ['serious', 'critical'].includes(v.impact))
              .map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.any.map(a => a.message).join('; ')).join(' | '))""";
    private static final List<String> HOSTILE = List.of("<script>window.hacked = 1</script>", "<img src=x onerror=\"window.hacked = 1\">", "\"><svg onload=window.hacked=1>", "{{constructor.constructor('window.hacked=1')()}}",
            "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c, \u0645\u0631\u062d\u0628\u0627", "\ud83d\udc1f\ud83c\udfd9\ufe0f a fish \ud83d\udc69\u200d\ud83d\ude80", "javascript:window.hacked=1");

    @TempDir
    static Path dir;

    private static FarmProcess farm;
    private static Playwright playwright;
    private static Browser browser;
    private static String film;

    @BeforeAll
    static void start() throws Exception {
        Needs.chromium();
        farm = FarmProcess.up(dir.resolve("data"), Map.of());
        playwright = StudioPage.playwright();
        browser = StudioPage.browser(playwright);
        film = farm.submit(STORY, "?steps=2&title=Two%20places");
        farm.awaitFinished(film);
        farm.post("/v1/films/" + film + "/revisions", "text/plain", STORY.replace("deep sea", "dark ocean").getBytes(StandardCharsets.UTF_8));
        farm.awaitFinished(film);
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

    private static Map<String, String> views() {
        return Map.of("write", "/write", "films", "/films", "watch", "/films/" + film, "change", "/films/" + film + "/change", "compare", "/films/" + film + "/compare", "farm", "/farm");
    }

    private static void awaitContent(StudioPage studio, String view) {
        Page page = studio.page();
        if (view.equals("write")) {
            page.locator("#story").fill(STORY + "A cat plays the saxophone in a submarine. [0s]\n");
            assertThat(page.locator(".problems li").first()).containsText("Scene 3: a scene cannot last 0 seconds");
            page.locator("#story").fill(STORY + "A cat plays the saxophone in a submarine.\n");
        }
        String shown = Map.of("write", ".facts", "films", ".film .poster img[src]", "watch", "[data-segment] img[src]", "change", ".scene", "compare", ".cell", "farm", ".bars").get(view);
        assertThat(page.locator(shown).first()).isVisible();
        page.waitForFunction("() => [...document.querySelectorAll('farm-picture img')].every(i => i.src && i.complete && i.naturalWidth > 0)");
        if (view.equals("watch") || view.equals("compare")) {
            page.waitForFunction("() => [...document.querySelectorAll('video')].every(v => v.readyState >= 2)", null, new Page.WaitForFunctionOptions().setTimeout(60_000));
        }
    }

    @Test
    void everyViewIsReadableByEverybodyInLightAndDarkOnDesktopAndPhone() throws IOException {
        String axe;
        try (InputStream in = StudioLooksIT.class.getResourceAsStream("/META-INF/resources/webjars/axe-core/" + System.getProperty("axe-core.version") + "/axe.min.js")) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : new int[] {1280, 390}) {
                for (Map.Entry<String, String> view : views().entrySet()) {
                    String name = view.getKey() + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + (width < 500 ? "-phone" : "");
                    try (StudioPage studio = StudioPage.open(browser, farm, view.getValue(), scheme, width, 844)) {
                        awaitContent(studio, view.getKey());
                        studio.picture(name);
                        studio.page().evaluate(axe + "; 0");
                        assertThat((List<?>) studio.page().evaluate(AXE)).as(name).isEmpty();
                        assertThat(studio.page().evaluate("() => document.scrollingElement.scrollWidth - innerWidth")).as("%s scrolls sideways", name).isEqualTo(0);
                    }
                }
            }
        }
    }

    /** Where the focus is, as a user would say. */
    private static String focus(Page page) {
        return (String) page.evaluate("() => { const e = document.activeElement; return e.id || e.name || e.getAttribute('aria-label') || e.textContent.trim().slice(0, 40); }");
    }

    private static void tabTo(Page page, String name) {
        for (int i = 0; i < 80; i++) {
            if (focus(page).equals(name)) {
                assertThat(page.evaluate("() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || document.activeElement.matches(':focus-within'); }")).as("%s shows its focus", name).isEqualTo(true);
                return;
            }
            page.keyboard().press("Tab");
        }
        throw new AssertionError("no way to " + name + " by the keyboard");
    }

    @Test
    void aFilmIsMadeAndLookedAtWithoutAMouse() throws Exception {
        Needs.time(1);
        try (StudioPage studio = StudioPage.open(browser, farm, "/write")) {
            Page page = studio.page();
            tabTo(page, "Skip to the content");
            page.keyboard().press("Enter");
            assertThat(focus(page)).isEqualTo("main");
            tabTo(page, "story");
            page.keyboard().type("A green fish floats in the dark ocean. [2s]");
            assertThat(page.locator(".facts")).isVisible();
            tabTo(page, "title");
            page.keyboard().type("By keys");
            tabTo(page, "Render the film");
            page.keyboard().press("Enter");
            page.waitForURL("**/#/films/*");
            assertThat(page.locator("h1")).hasText("By keys");
            studio.awaitState("finished");
            String last = page.locator("[data-segment]").last().getAttribute("aria-label");
            tabTo(page, page.locator("[data-segment]").first().getAttribute("aria-label"));
            page.keyboard().press("ArrowRight");
            assertThat(focus(page)).isEqualTo(last);
            page.keyboard().press("Enter");
            assertThat(page.locator("#details")).containsText("A green fish floats in the dark ocean.");
            page.keyboard().press("Home");
            assertThat(focus(page)).isNotEqualTo(last);
        }
    }

    @Test
    void promptsAreTextAndNeverAnythingElse() throws Exception {
        Needs.time(1);
        String story = String.join("\n", HOSTILE) + "\n" + "x".repeat(32_000) + "\n";
        try (StudioPage studio = StudioPage.open(browser, farm, "/write")) {
            Page page = studio.page();
            page.locator("#story").fill(story);
            assertThat(page.locator(".scene")).hasCount(HOSTILE.size() + 1, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
            for (int i = 0; i < HOSTILE.size(); i++) {
                assertThat(studio.prompt(i)).hasValue(HOSTILE.get(i));
            }
            page.locator("input[name=title]").fill("<b>bold & \"quoted\"");
            studio.button("Render the film").click();
            page.waitForURL("**/#/films/*");
            String id = page.url().substring(page.url().lastIndexOf('/') + 1);
            assertThat(page.locator("h1")).hasText("<b>bold & \"quoted\"");
            assertThat(page.locator(".timeline li")).hasCount(HOSTILE.size() + 1);
            for (int i = 0; i < HOSTILE.size(); i++) {
                assertThat(page.locator(".timeline li").nth(i)).containsText(HOSTILE.get(i).replaceAll("\\s+", " "));
            }
            studio.cells().first().click();
            assertThat(page.locator("#details")).containsText(HOSTILE.get(0));
            studio.go("/films/" + id + "/change");
            assertThat(studio.prompt(0)).hasValue(HOSTILE.get(0));
            assertThat(studio.prompt(HOSTILE.size())).hasValue("x".repeat(32_000));
            studio.go("/films");
            assertThat(page.locator("[data-film='" + id + "'] h2")).hasText("<b>bold & \"quoted\"");
            page.locator("[data-film='" + id + "']").getByText("Cancel").click();
            assertThat(page.evaluate("() => window.hacked === undefined")).isEqualTo(true);
            assertThat(page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth")).isEqualTo(0);
        }
    }

    @Test
    void whereAKeyIsNeededItIsAskedForAndShown() throws Exception {
        Needs.time(1);
        String secret = KEY;
        try (FarmProcess locked = FarmProcess.up(dir.resolve("locked"), Map.of("LONGTAKE_GATEWAY_ACCESS_ANONYMOUS", "never",
                "LONGTAKE_GATEWAY_ACCESS_BOOTSTRAP_KEY_SHA256", Digests.sha256(secret.getBytes(StandardCharsets.US_ASCII))))) {
            try (StudioPage studio = StudioPage.open(browser, locked, "/films")) {
                Page page = studio.page();
                assertThat(page.locator("dialog")).isVisible();
                page.locator("dialog input").fill("lt_wrong");
                page.locator("dialog").getByText("Use it").click();
                assertThat(page.locator("dialog")).isVisible();
                page.locator("dialog input").fill(secret);
                page.locator("dialog").getByText("Use it").click();
                assertThat(page.locator("dialog")).isHidden();
                assertThat(page.getByText("There is no film yet.")).isVisible();
                String id = studio.submit("A red fish. [2s]\n");
                studio.awaitState("finished");
                assertThat(page.locator("[data-segment] img[src^='blob:']")).hasCount(2);
                page.waitForFunction("() => document.querySelector('video')?.readyState >= 2", null, new Page.WaitForFunctionOptions().setTimeout(60_000));
                assertThat(page.waitForDownload(() -> studio.button("Download").click()).suggestedFilename()).endsWith(".mp4");
                studio.go("/films");
                page.waitForFunction("() => document.querySelector('.poster img')?.src.startsWith('blob:') && document.querySelector('.poster img').naturalWidth > 0");
                page.reload();
                assertThat(page.locator("[data-film='" + id + "']")).isVisible();
                assertThat(page.locator("dialog")).isHidden();
            }
        }
    }
}
