package dev.longtake.scheduler.streams;

import dev.longtake.contract.Json;
import dev.longtake.scheduler.stage.DispatchStore;
import dev.longtake.scheduler.stage.JobRecord;
import dev.longtake.scheduler.stage.WorkerRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.streams.state.KeyValueStore;

/** The dispatch stage's state in a Kafka Streams store. */
final class StreamsDispatchStore implements DispatchStore {
    private final KeyValueStore<String, byte[]> store;

    StreamsDispatchStore(KeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    private static String jobPrefix(String pool) {
        return "job/" + pool + "/";
    }

    private static String workerPrefix(String pool) {
        return "worker/" + pool + "/";
    }

    @Override
    public Optional<JobRecord> job(String pool, String attempt) {
        return StreamsFilmStore.get(store, jobPrefix(pool) + attempt, JobRecord.class);
    }

    @Override
    public void put(JobRecord job) {
        store.put(jobPrefix(job.pool()) + job.job().attempt().attempt(), Json.write(job));
    }

    @Override
    public void deleteJob(String pool, String attempt) {
        store.delete(jobPrefix(pool) + attempt);
    }

    @Override
    public List<JobRecord> jobs(String pool) {
        return StreamsFilmStore.range(store, jobPrefix(pool), JobRecord.class);
    }

    @Override
    public Optional<WorkerRecord> worker(String pool, String worker) {
        return StreamsFilmStore.get(store, workerPrefix(pool) + worker, WorkerRecord.class);
    }

    @Override
    public void put(WorkerRecord worker) {
        store.put(workerPrefix(worker.pool()) + worker.worker(), Json.write(worker));
    }

    @Override
    public void deleteWorker(String pool, String worker) {
        store.delete(workerPrefix(pool) + worker);
    }

    @Override
    public List<WorkerRecord> workers(String pool) {
        return StreamsFilmStore.range(store, workerPrefix(pool), WorkerRecord.class);
    }

    @Override
    public List<String> pools() {
        return Stream.concat(StreamsFilmStore.keys(store, "job/").stream(), StreamsFilmStore.keys(store, "worker/").stream()).map(k -> k.split("/")[1]).distinct().toList();
    }
}
