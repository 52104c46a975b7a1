/** The verb that measures. */
package dev.longtake.farm.cli.bench;
