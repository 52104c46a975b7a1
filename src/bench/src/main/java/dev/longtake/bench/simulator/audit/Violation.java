package dev.longtake.bench.simulator.audit;

/** Something that must never be. @param audit name of the audit that found it */
public record Violation(String audit, String what) {
    @Override
    public String toString() {
        return audit + ": " + what;
    }
}
