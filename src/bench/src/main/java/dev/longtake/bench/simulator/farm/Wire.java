package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.faults.Faults;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/** The topics: one partition each, in order, until a message is lost, doubled, overtaken, or the whole topic stands still. */
final class Wire {
    /** What travels. */
    enum Topic {
        COMMANDS, REPORTS, LANES, BEATS, CONTROL, JOBS, ASSEMBLY_JOBS, ASSEMBLY_REPORTS, EXPIRY_JOBS, EXPIRY_REPORTS
    }

    private static final int LATENCY = 20;

    private final Agenda agenda;
    private final Faults faults;
    private final SplittableRandom random;
    private final Map<Topic, Line> lines = new EnumMap<>(Topic.class);

    private static final class Line {
        private long sent;
        private long last;
    }

    Wire(Agenda agenda, Faults faults, SplittableRandom random) {
        this.agenda = agenda;
        this.faults = faults;
        this.random = random;
        for (Topic topic : Topic.values()) {
            lines.put(topic, new Line());
        }
    }

    void send(Topic topic, Runnable delivery) {
        Line line = lines.get(topic);
        String key = topic + "#" + line.sent++;
        // A submission is durable before it is answered, and a user who was not answered asks again.
        if (topic != Topic.COMMANDS && faults.strikes(Fault.MESSAGE_LOST, key, 250)) {
            return;
        }
        long at = Math.max(line.last, agenda.now() + 1 + random.nextInt(LATENCY));
        if (faults.strikes(Fault.MESSAGE_DELAYED, key, 600)) {
            at += faults.amount(Fault.MESSAGE_DELAYED, key, 10_000);
        }
        if (faults.strikes(Fault.MESSAGE_REORDERED, key, 100)) {
            arrange(topic, at + faults.amount(Fault.MESSAGE_REORDERED, key, 2_000), delivery);
        } else {
            line.last = at;
            arrange(topic, at, delivery);
        }
        if (faults.strikes(Fault.MESSAGE_DUPLICATED, key, 100)) {
            arrange(topic, at + faults.amount(Fault.MESSAGE_DUPLICATED, key, 30_000), delivery);
        }
    }

    private void arrange(Topic topic, long at, Runnable delivery) {
        if (topic == Topic.BEATS) {
            agenda.background(at - agenda.now(), delivery);
        } else {
            agenda.at(at, delivery);
        }
    }
}
