/** The one Quarkus application: starts the services whose roles are on. */
package dev.longtake.farm.app;
