package dev.longtake.scheduler;

import dev.longtake.scheduler.stage.dispatch.DispatchLimits;
import dev.longtake.scheduler.stage.film.FilmLimits;
import dev.longtake.scheduler.stage.film.KeepingLimits;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The scheduler's settings. */
@ConfigMapping(prefix = "longtake.scheduler")
public interface SchedulerConfig {
    /** Pools of workers that exist; each has its own topics. */
    @WithDefault("cpu")
    List<String> pools();

    /** Where Kafka Streams keeps what it needs between runs; a folder under the temporary directory if absent. */
    Optional<Path> stateDir();

    /** Warm copies of the state in other scheduler processes; useful only where there are several. */
    @WithDefault("0")
    int standbys();

    /** How long decisions may wait to be committed. Jobs are visible to workers only then, so it is part of every hand-over. */
    @WithDefault("PT0.01S")
    Duration commitInterval();

    /** How long a scheduler process may be silent before another takes over. */
    @WithDefault("PT6S")
    Duration sessionTimeout();

    /**
     * How long a scheduler may be busy with what it has fetched before another takes over. After a broker was killed, its coordinator waits
     * as long for members that it remembers and that have long joined under another name; the client's default is five minutes.
     */
    @WithDefault("PT20S")
    Duration pollTimeout();

    /** Attempts at a segment, clip or assembly that may fail before it is given up. */
    @WithDefault("4")
    int maxTries();

    /** Chains of one film that may be in work at once. */
    @WithDefault("64")
    int openChains();

    /** Pause before the second attempt after a failure; doubles with each. */
    @WithDefault("PT1S")
    Duration retryPause();

    /** Longest pause between attempts. */
    @WithDefault("PT30S")
    Duration longestPause();

    /** Failures from outside (a store, a queue) in a row after which a film is shown as stalled. */
    @WithDefault("3")
    int outagesToStall();

    /** How long the clip that a worker owes may take before another encodes it. */
    @WithDefault("PT1M")
    Duration clipPatience();

    /** How long an assembly may take before it is handed out again. */
    @WithDefault("PT10M")
    Duration assemblyPatience();

    /** How long a job may take in all before it is reissued, whatever the queue believes. */
    @WithDefault("PT10M")
    Duration jobDeadline();

    /** How long a job may lie on its topic while a worker has room for it. */
    @WithDefault("PT30S")
    Duration pickupPatience();

    /** How long a worker may be silent. */
    @WithDefault("PT10S")
    Duration workerTimeout();

    /** Failures in a row, on work that another worker has not failed on, after which a worker rests. */
    @WithDefault("2")
    int benchAfter();

    /** How long it rests. */
    @WithDefault("PT1M")
    Duration benchPause();

    /** Workers that may end or freeze with one job in hand before it counts as poison: it kills its workers. */
    @WithDefault("3")
    int deadlyWorkers();

    /** Jobs of one tenant that may be out at once in a pool; no limit if absent. */
    OptionalInt tenantJobs();

    /** Shares of tenants in a busy pool, relative to one another; 1 for those not named. */
    Map<String, Double> weights();

    /** How long the object store may take for a plan or a lineage, before the film waits and the others go on. */
    @WithDefault("PT3S")
    Duration storePatience();

    /** What is kept of films that are over. */
    KeepingConfig keeping();

    default FilmLimits filmLimits() {
        keeping().check(sessionTimeout());
        return new FilmLimits(Set.copyOf(pools()), maxTries(), openChains(), retryPause(), longestPause(), outagesToStall(), clipPatience(), assemblyPatience(),
                jobDeadline().plus(clipPatience()), new KeepingLimits(keeping().retention(), keeping().remembered(), keeping().grace().plus(keeping().patience()), keeping().batch(),
                keeping().tenantFilms()));
    }

    default DispatchLimits dispatchLimits() {
        return new DispatchLimits(jobDeadline(), pickupPatience(), workerTimeout(), benchAfter(), benchPause(), deadlyWorkers(), tenantJobs(), weights());
    }
}
