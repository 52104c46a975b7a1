/** The command line. */
package dev.longtake.farm.cli;
