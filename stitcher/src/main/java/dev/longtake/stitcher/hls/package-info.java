/** Films that can be watched while they are rendered: their beginning as fragments, one for each segment. */
package dev.longtake.stitcher.hls;
