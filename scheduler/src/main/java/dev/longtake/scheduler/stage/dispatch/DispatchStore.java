package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.FilmRef;
import dev.longtake.contract.SegmentJob;
import dev.longtake.scheduler.stage.StateMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The dispatch stage's records, by key. */
public final class DispatchStore {
    /** What lies under which prefix. */
    public static final Map<String, Class<?>> TYPES = Map.of("job/", JobRecord.class, "worker/", WorkerRecord.class, "pool/", PoolRecord.class,
            "deaths/", DeathsRecord.class);

    private final StateMap state;

    public DispatchStore(StateMap state) {
        this.state = state;
    }

    private static String prefix(String pool) {
        return "job/" + pool + "/";
    }

    /** Two films may want the clip of one attempt, so the attempt alone is no key. */
    private static String job(String pool, FilmRef film, String attempt) {
        return prefix(pool) + film.filmKey() + "/" + film.revision() + "/" + attempt;
    }

    public Optional<JobRecord> job(String pool, FilmRef film, AttemptRef attempt) {
        return state.get(job(pool, film, attempt.attempt()), JobRecord.class);
    }

    void put(JobRecord job) {
        state.put(job(job.pool(), job.job().film(), job.job().attempt().attempt()), job);
    }

    void delete(JobRecord job) {
        state.delete(job(job.pool(), job.job().film(), job.job().attempt().attempt()));
    }

    /** All jobs of a pool. */
    public List<JobRecord> jobs(String pool) {
        return state.range(prefix(pool), JobRecord.class);
    }

    private static String deathsKey(String pool, FilmRef film, int index, boolean clip) {
        return "deaths/" + pool + "/" + film.filmKey() + "/" + film.revision() + "/" + index + (clip ? "/clip" : "/render");
    }

    /** Workers that earlier attempts at the same have cost. */
    List<String> deaths(String pool, SegmentJob job) {
        return state.get(deathsKey(pool, job.film(), job.index(), DeathsRecord.isClip(job)), DeathsRecord.class).map(DeathsRecord::workers).orElse(List.of());
    }

    void put(DeathsRecord deaths) {
        state.put(deathsKey(deaths.pool(), deaths.film(), deaths.index(), deaths.clip()), deaths);
    }

    void delete(DeathsRecord deaths) {
        state.delete(deathsKey(deaths.pool(), deaths.film(), deaths.index(), deaths.clip()));
    }

    List<DeathsRecord> deaths(String pool) {
        return state.range("deaths/" + pool + "/", DeathsRecord.class);
    }

    private static String workerKey(String pool, String worker) {
        return "worker/" + pool + "/" + worker;
    }

    public Optional<WorkerRecord> worker(String pool, String worker) {
        return state.get(workerKey(pool, worker), WorkerRecord.class);
    }

    void put(WorkerRecord worker) {
        state.put(workerKey(worker.pool(), worker.worker()), worker);
    }

    void delete(WorkerRecord worker) {
        state.delete(workerKey(worker.pool(), worker.worker()));
    }

    public List<WorkerRecord> workers(String pool) {
        return state.range(workerKey(pool, ""), WorkerRecord.class);
    }

    PoolRecord pool(String pool) {
        return state.get("pool/" + pool, PoolRecord.class).orElse(PoolRecord.empty(pool));
    }

    void put(PoolRecord pool) {
        state.put("pool/" + pool.pool(), pool);
    }

    /** Pools ever heard of. */
    public List<String> pools() {
        return state.range("pool/", PoolRecord.class).stream().map(PoolRecord::pool).toList();
    }
}
