/** What every benchmark says: figures with their spread and ratio, and on what they were taken. */
package dev.longtake.bench.figures;
