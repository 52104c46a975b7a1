package dev.longtake.scheduler.stage.dispatch;

import dev.longtake.contract.Lane;
import dev.longtake.film.state.JobState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Places for jobs that may lie in the queue: for each worker its free slots and one behind each slot. A place belongs to a worker, and
 * so to the lanes that it serves: work of one lane never takes the place of another that other workers serve.
 */
final class Runway {
    private final List<Place> places = new ArrayList<>();

    private static final class Place {
        final WorkerRecord worker;
        int left;

        Place(WorkerRecord worker, int left) {
            this.worker = worker;
            this.left = left;
        }
    }

    Runway(Collection<WorkerRecord> workers, Collection<JobRecord> jobs) {
        for (WorkerRecord worker : workers) {
            long running = jobs.stream().filter(j -> j.state() == JobState.RUNNING && j.worker().filter(worker.worker()::equals).isPresent()).count();
            places.add(new Place(worker, 2 * worker.slots() - (int) Math.min(worker.slots(), running)));
        }
        // Those who can do least come first, so that the others stay free for what only they can do.
        places.sort(Comparator.comparingInt((Place p) -> p.worker.lanes().size()).thenComparing(p -> p.worker.worker()));
    }

    boolean has(Lane lane) {
        return places.stream().anyMatch(p -> p.left > 0 && p.worker.takes(lane));
    }

    void take(Lane lane) {
        places.stream().filter(p -> p.left > 0 && p.worker.takes(lane)).findFirst().ifPresent(p -> p.left--);
    }
}
