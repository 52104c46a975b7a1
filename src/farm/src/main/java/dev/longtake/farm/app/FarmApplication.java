package dev.longtake.farm.app;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.Application;
import java.util.Map;

/**
 * The Quarkus application of this process. Started and stopped by hand, and not by Quarkus' own life cycle, because the embedded
 * servers have to outlive the services, which Quarkus' shutdown hook does not know.
 */
public final class FarmApplication implements AutoCloseable {
    private final Application application;

    private FarmApplication(Application application) {
        this.application = application;
    }

    /** @param settings go before every other source of configuration */
    public static FarmApplication start(Map<String, String> settings) {
        settings.forEach(System::setProperty);
        try {
            Application application = (Application) Class.forName(Application.APP_CLASS_NAME, true, Thread.currentThread().getContextClassLoader())
                    .getDeclaredConstructor().newInstance();
            application.start(new String[0]);
            return new FarmApplication(application);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this is not the built application", e);
        }
    }

    public Services services() {
        return Arc.container().instance(Services.class).get();
    }

    @Override
    public void close() {
        application.stop();
    }
}
