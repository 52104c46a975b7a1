/** What a terminal shows of a film while it renders. */
package dev.longtake.farm.screen;
