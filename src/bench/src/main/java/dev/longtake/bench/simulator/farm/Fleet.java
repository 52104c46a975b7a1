package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.contract.Lane;
import dev.longtake.contract.WorkerControl;
import java.util.ArrayList;
import java.util.List;

/** All workers. The first serves every lane and is sound, so that every film can end. */
final class Fleet {
    private static final int HEARTBEAT = 1_000;
    private static final int BROKEN = 8;

    private final Farm farm;
    private final List<Worker> workers = new ArrayList<>();
    private boolean waking;

    Fleet(Farm farm, int count) {
        this.farm = farm;
        for (int i = 0; i < count; i++) {
            List<Lane> lanes = i == 0 || farm.chance(2) ? List.of(Lane.values()) : List.of(Lane.values()[farm.random().nextInt(2)]);
            boolean broken = i > 0 && farm.faults().isOn(Fault.WORKER_BROKEN) && farm.faults().amount(Fault.WORKER_BROKEN, "w" + i, BROKEN) == 1;
            workers.add(new Worker(farm, i, lanes, 1 + farm.random().nextInt(2), broken));
        }
    }

    List<Worker> workers() {
        return workers;
    }

    void begin() {
        for (Worker worker : workers) {
            farm.agenda().background(farm.upTo(HEARTBEAT), () -> beat(worker));
        }
    }

    private void beat(Worker worker) {
        farm.agenda().background(HEARTBEAT, () -> beat(worker));
        worker.beat();
    }

    /** There is work, or room for it: whoever has room looks, in no particular order. */
    void wake() {
        if (!waking) {
            waking = true;
            farm.agenda().background(farm.upTo(50), () -> {
                waking = false;
                int first = farm.random().nextInt(workers.size());
                for (int i = 0; i < workers.size(); i++) {
                    workers.get((first + i) % workers.size()).take();
                }
            });
        }
    }

    void obey(WorkerControl control) {
        if (control instanceof WorkerControl.CancelAttempt cancel) {
            workers.forEach(w -> w.cancel(cancel.dispatch()));
        } else if (control instanceof WorkerControl.Bench bench) {
            workers.stream().filter(w -> w.is(bench.worker())).forEach(w -> {
                w.rest((long) (bench.seconds() * 1e3));
                if (farm.faults().strikes(Fault.WORKER_DRAIN, bench.worker(), 3)) {
                    // Somebody noticed, and replaces it.
                    w.drain();
                }
            });
        }
    }
}
