/** Dead letters: what they are about, and what can be done about them. */
package dev.longtake.gateway.letters;
