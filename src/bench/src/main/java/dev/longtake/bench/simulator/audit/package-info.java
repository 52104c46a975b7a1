/** What must be true of every run, whatever went wrong in it: {@link dev.longtake.bench.simulator.audit.Audits}. */
package dev.longtake.bench.simulator.audit;
