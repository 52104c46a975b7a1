/** Load over HTTP that costs little itself: it runs on the cores of what it measures. */
package dev.longtake.bench.load;
