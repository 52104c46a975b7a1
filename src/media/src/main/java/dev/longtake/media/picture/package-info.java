/** Pictures that strangers send, made into one frame of a film's size. No native code and no metadata is trusted further than needed. */
package dev.longtake.media.picture;
