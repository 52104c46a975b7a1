/** Removes from the store what the film stage says nobody needs, and tells it what has lain there for long. Decides nothing itself. */
package dev.longtake.scheduler.janitor;
