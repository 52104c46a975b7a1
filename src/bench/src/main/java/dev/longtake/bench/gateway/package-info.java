/** How much one machine's gateways take, with everything behind them real. */
package dev.longtake.bench.gateway;
