package dev.longtake.systemtest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The farm's page in a browser that does what a user does, and everything the browser complained of meanwhile. */
final class StudioPage implements AutoCloseable {
    /** A film of several segments takes some seconds on a machine that has nothing else to do, and minutes on others. */
    static final double PATIENCE = 300_000;
    /** Looked at, and kept beside the tests' reports. */
    private static final Path PICTURES = Path.of("target", "studio");

    private final BrowserContext context;
    private final Page page;
    private final URI root;
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    static Playwright playwright() {
        return Playwright.create(new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    }

    static Browser browser(Playwright playwright) {
        return playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(Path.of(Needs.chromium()))
                .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--autoplay-policy=no-user-gesture-required")));
    }

    static StudioPage open(Browser browser, FarmProcess farm, String view) {
        return open(browser, farm, view, new Browser.NewContextOptions().setViewportSize(1280, 900));
    }

    static StudioPage open(Browser browser, FarmProcess farm, String view, ColorScheme scheme, int width, int height) {
        return open(browser, farm, view, new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
    }

    private static StudioPage open(Browser browser, FarmProcess farm, String view, Browser.NewContextOptions options) {
        BrowserContext context = browser.newContext(options.setAcceptDownloads(true).setPermissions(List.of("clipboard-read", "clipboard-write")));
        return new StudioPage(context, context.newPage(), farm.url("/"), view);
    }

    private StudioPage(BrowserContext context, Page page, URI root, String view) {
        this.context = context;
        this.page = page;
        this.root = root;
        page.setDefaultTimeout(30_000);
        page.onConsoleMessage(m -> {
            // What the browser says of an answer that is no success the page says in words.
            if (m.type().equals("error") && !m.text().startsWith("Failed to load resource")) {
                complaints.add(m.text());
            }
        });
        page.onPageError(complaints::add);
        page.onRequest(r -> {
            // A signed link to the film is a download that the user asked for.
            if (!r.url().startsWith(root.toString()) && !(r.isNavigationRequest() && r.url().contains("X-Amz-Signature=")) && !r.url().startsWith("blob:") && !r.url().startsWith("data:")) {
                complaints.add("asked elsewhere: " + r.url());
            }
        });
        go(view);
    }

    /** A second tab of the same browser. */
    StudioPage another(String view) {
        return new StudioPage(context, context.newPage(), root, view);
    }

    StudioPage go(String view) {
        page.navigate(root + "#" + view);
        assertThat(page.locator("h1").first()).isVisible();
        return this;
    }

    Page page() {
        return page;
    }

    BrowserContext context() {
        return context;
    }

    Locator button(String name) {
        return page.getByRole(com.microsoft.playwright.options.AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true)).first();
    }

    Locator scene(int place) {
        return page.locator(".scene[data-scene='" + place + "']");
    }

    Locator prompt(int place) {
        return scene(place).locator("textarea");
    }

    Locator cells() {
        return page.locator("[data-segment]");
    }

    Locator state() {
        return page.locator(".head .badge");
    }

    /** Waits until the film that is shown is in a state. */
    void awaitState(String state) {
        page.waitForCondition(() -> state.equals(state().getAttribute("data-state")), new Page.WaitForConditionOptions().setTimeout(PATIENCE));
    }

    /** Writes a story and submits it. @return the film's id */
    String submit(String story) {
        go("/write");
        if (button("Begin anew").isVisible()) {
            button("Begin anew").click();
        }
        page.locator("#story").fill(story);
        assertThat(page.locator(".facts")).isVisible();
        button("Render the film").click();
        page.waitForURL("**/#/films/*");
        return page.url().substring(page.url().lastIndexOf('/') + 1);
    }

    void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
    }

    /** Nothing that the browser complained of: no error, no broken policy, no request to anywhere else. */
    void requireNoComplaint() {
        assertThat(complaints).isEmpty();
    }

    @Override
    public void close() {
        requireNoComplaint();
        context.close();
    }
}
