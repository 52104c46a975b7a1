/** Who did what to which film. */
package dev.longtake.gateway.audit;
