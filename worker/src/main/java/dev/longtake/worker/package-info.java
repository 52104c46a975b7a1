/** Renders attempts: takes jobs from a share group, runs the engine, stores tokens and tail, reports, then makes the clip. */
package dev.longtake.worker;
