/** The verbs of whoever runs a farm. */
package dev.longtake.farm.cli.operate;
