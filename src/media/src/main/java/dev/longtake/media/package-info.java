/** Clips, films and stills, over FFmpeg (JavaCV). A clip is encoded once; a film is joined from clips without encoding anything again. */
package dev.longtake.media;
