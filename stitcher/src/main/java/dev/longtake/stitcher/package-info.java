/** Accepted attempts to one film. */
package dev.longtake.stitcher;
