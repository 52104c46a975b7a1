/** A film as fragments that a player takes one by one while more of them are made. No native code. */
package dev.longtake.media.fragment;
