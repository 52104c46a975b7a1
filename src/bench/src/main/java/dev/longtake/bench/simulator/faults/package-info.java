/** What goes wrong in a simulated farm, by name and by key, from the seed. */
package dev.longtake.bench.simulator.faults;
