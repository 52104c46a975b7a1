package dev.longtake.scheduler.stage.film;

import dev.longtake.contract.AssemblyReport;
import dev.longtake.contract.Lineage;
import dev.longtake.film.plan.FilmPlan;
import dev.longtake.film.plan.PlannedSegment;
import dev.longtake.film.state.RevisionState;
import dev.longtake.scheduler.stage.Ids;
import dev.longtake.scheduler.stage.film.FilmStore.Kind;
import java.util.List;
import java.util.Optional;

/** Joining one film's clips, while one input is being decided. */
final class Joining {
    private Joining() {}

    /** Hands the film out to be joined, under a new id. */
    static void handOut(FilmChange film, FilmPlan plan) {
        FilmRecord f = film.record();
        List<Lineage.Entry> entries = film.store().segments(f.ref()).stream().map(s -> {
            PlannedSegment planned = plan.segments().get(s.index());
            return new Lineage.Entry(s.index(), planned.scene(), s.accepted().orElseThrow(), s.parent(), planned.seed(), planned.newFrames(), plan.prompt(planned), s.worker(),
                    s.clip().digest(), s.reused());
        }).toList();
        FilmRecord.Shape shape = f.shape().orElseThrow();
        Lineage lineage = new Lineage(1, f.ref(), f.order().title(), shape.model(), shape.bundle(), shape.width(), shape.height(), shape.fps(), shape.frames(), entries);
        String assembly = Ids.assembly(f.ref(), f.joining().assemblies());
        film.change(r -> r.joining(new FilmRecord.Joining(f.joining().assemblies() + 1, Optional.of(assembly), f.joining().failures(), Optional.empty())));
        film.set(Kind.ASSEMBLY, -1, film.limits().joinPatience());
        film.emit(new FilmEffect.Assemble(f.ref(), assembly, lineage, film.now().plus(film.limits().joinPatience())));
    }

    /** The film is in the store. Any assembly will do: all were told to join the same clips. */
    static void assembled(FilmChange film, AssemblyReport.Assembled report) {
        if (RevisionState.TABLE.next(film.record().state(), RevisionState.Event.ASSEMBLED).isPresent()) {
            FilmRecord.Joining before = film.record().joining();
            film.change(r -> r.troubled(0).joining(new FilmRecord.Joining(before.assemblies(), before.assembly(), before.failures(), Optional.of(report.filmKey()))));
            film.end(RevisionState.Event.ASSEMBLED, Optional.empty());
        }
    }

    /** Its time is up: the newest assembly failed and the pause is over, or nobody said anything of it. */
    static void due(FilmChange film, FilmPlan plan) {
        if (RevisionState.TABLE.next(film.record().state(), RevisionState.Event.ASSEMBLED).isEmpty()) {
            return;
        }
        if (film.record().joining().assembly().isPresent()) {
            film.outage("no stitcher has joined the film within " + film.limits().joinPatience().toSeconds() + " s");
        }
        handOut(film, plan);
    }

    /** The newest assembly came to nothing. @return whether clips have to be encoded again */
    static boolean failed(FilmChange film, AssemblyReport.Failed report) {
        FilmRecord.Joining before = film.record().joining();
        if (report.outside()) {
            film.set(Kind.ASSEMBLY, -1, film.outage(report.reason()));
            film.change(r -> r.joining(new FilmRecord.Joining(before.assemblies(), Optional.empty(), before.failures(), Optional.empty())));
            return false;
        }
        int failures = before.failures() + 1;
        film.change(r -> r.joining(new FilmRecord.Joining(before.assemblies(), Optional.empty(), failures, Optional.empty())));
        if (failures >= film.limits().maxTries()) {
            film.giveUp("the film cannot be joined: " + Texts.brief(report.reason(), 600) + " (after " + failures + " tries)");
            return false;
        }
        if (report.badClips().isEmpty()) {
            film.set(Kind.ASSEMBLY, -1, film.limits().pause(failures));
            return false;
        }
        film.clear(Kind.ASSEMBLY, -1);
        film.move(RevisionState.Event.CLIP_LOST, Optional.of(report.reason()));
        return true;
    }
}
