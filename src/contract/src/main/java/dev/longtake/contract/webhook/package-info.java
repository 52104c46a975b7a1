/** Who is told what happens to films, and what became of it. */
package dev.longtake.contract.webhook;
