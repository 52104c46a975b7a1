/** The verb that makes, lists and revokes keys. */
package dev.longtake.farm.cli.keys;
