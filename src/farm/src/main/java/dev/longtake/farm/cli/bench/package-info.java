/** The verbs that measure and simulate. */
package dev.longtake.farm.cli.bench;
