package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import java.util.List;
import java.util.function.Consumer;

/** What happens to the servers, and to clocks of workers, at times of its own. */
final class Outages {
    private static final int MINUTE = 60_000;

    private Outages() {}

    static void arrange(Farm farm) {
        for (Fault fault : List.of(Fault.STORE_PUT_FAILS, Fault.STORE_GET_FAILS, Fault.STORE_LIST_FAILS)) {
            each(farm, fault, 2, key -> {
                int most = farm.faults().amount(fault, key + "long", 4) == 1 ? 6 * MINUTE : MINUTE / 2;
                farm.store().fail(fault, farm.faults().amount(fault, key, most));
                farm.trace(() -> fault.label());
            });
        }
        each(farm, Fault.REDIS_WIPED, 3, key -> {
            if (farm.tails().wipe()) {
                farm.faults().count(Fault.REDIS_WIPED);
                farm.trace(() -> "redis loses everything");
            }
        });
        each(farm, Fault.CLOCK_JUMP, 2, key -> {
            farm.faults().count(Fault.CLOCK_JUMP);
            Worker worker = farm.workers().get(farm.faults().amount(Fault.CLOCK_JUMP, key + "who", farm.workers().size()) - 1);
            int jump = farm.faults().amount(Fault.CLOCK_JUMP, key + "how", 120 * MINUTE) - 60 * MINUTE;
            worker.clockJumps(jump, farm.faults().amount(Fault.CLOCK_JUMP, key + "lasts", 2 * MINUTE));
        });
        each(farm, Fault.WORKER_DRAIN, 2, key -> {
            farm.faults().count(Fault.WORKER_DRAIN);
            farm.workers().get(farm.faults().amount(Fault.WORKER_DRAIN, key + "who", farm.workers().size()) - 1).drain();
        });
    }

    private static void each(Farm farm, Fault fault, int most, Consumer<String> what) {
        if (!farm.faults().isOn(fault)) {
            return;
        }
        int times = farm.faults().amount(fault, "times", most + 1) - 1;
        for (int i = 0; i < times; i++) {
            String key = "at" + i;
            farm.agenda().in(farm.faults().amount(fault, key + "when", Farm.TROUBLED), () -> what.accept(key));
        }
    }
}
