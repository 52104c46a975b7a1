package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.FilmRef;
import dev.longtake.contract.SegmentJob;
import java.time.Instant;
import java.util.List;

/**
 * Workers that ended or froze with a job in hand that came to an end otherwise: a store was away, or the queue dropped it. Its next
 * attempt begins with them, or a job that kills its workers would be forgiven them with every new attempt.
 *
 * @param clip whether the job was for a clip alone
 * @param at   when the job ended
 */
public record DeathsRecord(String pool, FilmRef film, int index, boolean clip, List<String> workers, Instant at) {
    static DeathsRecord of(JobRecord job, Instant now) {
        return new DeathsRecord(job.pool(), job.job().film(), job.job().index(), isClip(job.job()), job.ended().orElse(List.of()), now);
    }

    static boolean isClip(SegmentJob job) {
        return !(job.work() instanceof SegmentJob.Work.Render);
    }
}
