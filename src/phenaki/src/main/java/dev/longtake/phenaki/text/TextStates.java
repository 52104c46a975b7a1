package dev.longtake.phenaki.text;

/**
 * What the frozen text encoder makes of a prompt.
 *
 * @param states {@code [tokens × width]}, row after row
 * @param mask   which rows are tokens and not padding, {@code [tokens]}
 */
public record TextStates(float[] states, boolean[] mask) {}
