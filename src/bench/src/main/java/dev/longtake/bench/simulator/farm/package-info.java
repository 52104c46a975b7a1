/**
 * A farm in one thread: the real scheduling stages and the real planning, with workers, topics, Redis, object store, stitcher and users
 * that are as simple as they can be and still go wrong in every way that theirs do.
 */
package dev.longtake.bench.simulator.farm;
