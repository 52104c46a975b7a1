package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import dev.longtake.contract.SegmentJob;
import dev.longtake.contract.SegmentReport;
import dev.longtake.contract.WorkerControl;

/** What the dispatch stage wants done. */
public sealed interface DispatchEffect {
    record Send(String pool, Lane lane, SegmentJob job) implements DispatchEffect {}

    record Report(SegmentReport report) implements DispatchEffect {}

    record Control(WorkerControl control) implements DispatchEffect {}
}
