/** The whole farm on one machine: servers and services in this process, the worker in a supervised child. */
package dev.longtake.farm.embedded;
