package dev.longtake.bench.simulator.farm;

import dev.longtake.bench.simulator.faults.Fault;
import dev.longtake.bench.simulator.farm.SimulatedStore.AwayException;
import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.AttemptRef;
import dev.longtake.contract.Lineage;
import dev.longtake.contract.Message;
import dev.longtake.contract.ObjectKeys;
import dev.longtake.scheduler.stage.film.FilmEffect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Joins films from their lineages, as {@code dev.longtake.stitcher} does: each clip must be the one that was reported. */
final class Stitcher {
    private static final String FILM = "film.mp4";

    private final Farm farm;
    private final boolean broken;
    private final Set<AttemptRef> unusable = new HashSet<>();

    Stitcher(Farm farm, boolean broken) {
        this.farm = farm;
        this.broken = broken;
    }

    /** Attempts whose clip it could not use, whichever scheduler had it join them. */
    Set<AttemptRef> unusable() {
        return Set.copyOf(unusable);
    }

    void join(FilmEffect.Assemble job) {
        String key = job.assembly();
        if (farm.faults().strikes(Fault.STITCHER_CRASH, key, 15)) {
            return;
        }
        if (broken && farm.faults().strikes(Fault.STITCHER_BROKEN, key, 1)) {
            failed(job, "the joiner fails", List.of(), false);
            return;
        }
        try {
            Optional<Thing.Joined> stored = farm.store().get(ObjectKeys.lineage(job.film()), Thing.Joined.class);
            if (stored.isEmpty() || !stored.get().lineage().equals(job.lineage())) {
                failed(job, "the lineage is unusable", List.of(), false);
                return;
            }
            farm.agenda().in(farm.upTo(3_000), () -> publish(job));
        } catch (AwayException e) {
            failed(job, e.getMessage(), List.of(), true);
        }
    }

    private void publish(FilmEffect.Assemble job) {
        List<Integer> bad = new ArrayList<>();
        List<Thing.Clip> clips = new ArrayList<>();
        try {
            for (Lineage.Entry segment : job.lineage().segments()) {
                Optional<Thing.Clip> clip = farm.store().get(ObjectKeys.clip(job.film().tenant(), segment.attempt()), Thing.Clip.class);
                if (clip.isEmpty() || clip.get().damaged() || !clip.get().digest().equals(segment.clipDigest())) {
                    bad.add(segment.index());
                    unusable.add(segment.attempt());
                } else {
                    clips.add(clip.get());
                }
            }
            if (!bad.isEmpty()) {
                failed(job, "clips are missing or damaged", bad, false);
                return;
            }
            String key = ObjectKeys.product(job.film(), FILM);
            farm.store().put(key, new Thing.Film(job.film(), job.lineage(), List.copyOf(farm.tampering().joined(clips))));
            farm.assembled(new AssemblyReport.Assembled(Message.VERSION, job.film(), job.assembly(), key, job.assembly(), 1, job.lineage().frames(), 1, farm.instant()));
        } catch (AwayException e) {
            failed(job, e.getMessage(), List.of(), true);
        }
    }

    private void failed(FilmEffect.Assemble job, String reason, List<Integer> bad, boolean outside) {
        farm.assembled(new AssemblyReport.Failed(Message.VERSION, job.film(), job.assembly(), reason, bad, outside, farm.instant()));
    }
}
