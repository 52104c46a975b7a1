/** The film stage, keyed by tenant: plans, segments, which attempt counts, reuse, joining. {@link dev.longtake.scheduler.stage.film.FilmStage} is its door. */
package dev.longtake.scheduler.stage.film;
