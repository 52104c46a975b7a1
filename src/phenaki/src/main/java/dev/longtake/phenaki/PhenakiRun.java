package dev.longtake.phenaki;

import dev.longtake.engine.SegmentRequest;
import dev.longtake.engine.SegmentRun;
import dev.longtake.phenaki.maskgit.MaskedWindow;
import dev.longtake.phenaki.maskgit.Sampler;
import dev.longtake.phenaki.text.TextStates;

/** A segment in the sampler. Holds no native memory: abandoning it frees everything. */
final class PhenakiRun implements SegmentRun {
    private final SegmentRequest request;
    private final MaskedWindow window;
    private final TextStates conditional;
    private final TextStates unconditional;
    private final int newFrom;
    private int stepsTaken;

    PhenakiRun(SegmentRequest request, MaskedWindow window, TextStates conditional, TextStates unconditional, int newFrom) {
        this.request = request;
        this.window = window;
        this.conditional = conditional;
        this.unconditional = unconditional;
        this.newFrom = newFrom;
    }

    Sampler.Pass next() {
        return new Sampler.Pass(window, conditional, unconditional, request.seed(), stepsTaken, request.settings().steps(), request.settings().guidance(),
                request.settings().temperature());
    }

    void stepped() {
        stepsTaken++;
    }

    MaskedWindow window() {
        return window;
    }

    int newFrom() {
        return newFrom;
    }

    @Override
    public SegmentRequest request() {
        return request;
    }

    @Override
    public int stepsTaken() {
        return stepsTaken;
    }
}
