/** HTTP: stories in, films out. Any replica answers any request; nothing is kept here but a read model that topics can rebuild. */
package dev.longtake.gateway;
