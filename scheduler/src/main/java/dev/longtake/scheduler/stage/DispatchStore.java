package dev.longtake.scheduler.stage;

import java.util.List;
import java.util.Optional;

/** The dispatch stage's state, whatever keeps it. */
public interface DispatchStore {
    Optional<JobRecord> job(String pool, String attempt);

    void put(JobRecord job);

    void deleteJob(String pool, String attempt);

    /** All jobs of a pool, in no order. */
    List<JobRecord> jobs(String pool);

    Optional<WorkerRecord> worker(String pool, String worker);

    void put(WorkerRecord worker);

    void deleteWorker(String pool, String worker);

    List<WorkerRecord> workers(String pool);

    /** Pools that have jobs or workers. */
    List<String> pools();
}
