/** The dispatch stage, one per pool: ready jobs, workers, deadlines, fair share. {@link dev.longtake.scheduler.stage.dispatch.DispatchStage} is its door. */
package dev.longtake.scheduler.stage.dispatch;
