/** The farm under a virtual clock, with faults from a seed and audits after every run. */
package dev.longtake.bench.simulator;
