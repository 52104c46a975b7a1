package dev.longtake.bench.simulator.farm;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.ExpiryReport;
import dev.longtake.contract.FilmCommand;
import dev.longtake.contract.LaneEvent;
import dev.longtake.contract.Message;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerHeartbeat;
import dev.longtake.scheduler.stage.dispatch.DispatchStage;
import dev.longtake.scheduler.stage.film.FilmStage;
import java.time.Instant;

/** Tells stages what happened. */
public final class Stages {
    private Stages() {}

    /** @param message null if only time has passed */
    public static void tell(FilmStage stage, Message message, Instant now) {
        if (message == null) {
            stage.tick(now);
        } else if (message instanceof FilmCommand command) {
            stage.on(command, now);
        } else if (message instanceof SegmentReport report) {
            stage.on(report, now);
        } else if (message instanceof ExpiryReport report) {
            stage.on(report, now);
        } else {
            stage.on((AssemblyReport) message, now);
        }
    }

    /** @param message null if only time has passed */
    public static void tell(DispatchStage stage, Message message, Instant now) {
        if (message == null) {
            stage.tick(now);
        } else if (message instanceof LaneEvent event) {
            stage.on(event, now);
        } else {
            stage.on((WorkerHeartbeat) message, now);
        }
    }
}
