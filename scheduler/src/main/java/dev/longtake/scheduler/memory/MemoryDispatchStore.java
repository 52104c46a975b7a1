package dev.longtake.scheduler.memory;

import dev.longtake.scheduler.stage.DispatchStore;
import dev.longtake.scheduler.stage.JobRecord;
import dev.longtake.scheduler.stage.WorkerRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The dispatch stage's state in memory, for tests and simulations. */
public final class MemoryDispatchStore implements DispatchStore {
    private final Map<String, JobRecord> jobs = new LinkedHashMap<>();
    private final Map<String, WorkerRecord> workers = new LinkedHashMap<>();

    @Override
    public Optional<JobRecord> job(String pool, String attempt) {
        return Optional.ofNullable(jobs.get(pool + "/" + attempt));
    }

    @Override
    public void put(JobRecord job) {
        jobs.put(job.pool() + "/" + job.job().attempt().attempt(), job);
    }

    @Override
    public void deleteJob(String pool, String attempt) {
        jobs.remove(pool + "/" + attempt);
    }

    @Override
    public List<JobRecord> jobs(String pool) {
        return jobs.values().stream().filter(j -> j.pool().equals(pool)).toList();
    }

    @Override
    public Optional<WorkerRecord> worker(String pool, String worker) {
        return Optional.ofNullable(workers.get(pool + "/" + worker));
    }

    @Override
    public void put(WorkerRecord worker) {
        workers.put(worker.pool() + "/" + worker.worker(), worker);
    }

    @Override
    public void deleteWorker(String pool, String worker) {
        workers.remove(pool + "/" + worker);
    }

    @Override
    public List<WorkerRecord> workers(String pool) {
        return workers.values().stream().filter(w -> w.pool().equals(pool)).toList();
    }

    @Override
    public List<String> pools() {
        return Stream.concat(jobs.values().stream().map(JobRecord::pool), workers.values().stream().map(WorkerRecord::pool)).distinct().toList();
    }
}
