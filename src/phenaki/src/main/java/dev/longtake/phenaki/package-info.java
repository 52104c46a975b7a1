/**
 * Phenaki (Villegas et al. 2022, arXiv 2210.02399) over DJL: the networks are TorchScript archives of a bundle, the algorithm (windows,
 * tails, mask schedule, guidance, sampling) is Java.
 */
package dev.longtake.phenaki;
