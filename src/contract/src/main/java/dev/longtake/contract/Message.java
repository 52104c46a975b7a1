package dev.longtake.contract;

/** Anything that travels on a topic. */
public interface Message {
    /** The newest version of every message this build writes and reads. */
    int VERSION = 1;

    int version();
}
