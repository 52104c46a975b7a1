/** A model as the farm runs it: manifest, network archives and tokenizer, addressed by digest; and the bundle shipped with the farm. */
package dev.longtake.bundle;
