/** The seam between farm and model. Imports nothing of ours: the farm and every engine may depend on it. */
package dev.longtake.engine;
