/**
 * Files in and out: pictures are decoded once into scratch files, read and written by region, and encoded into place atomically.
 *
 * <p>Nothing here holds a whole picture in memory. Uses the plugin API, ImageIO with its TwelveMonkeys readers, and Jackson for
 * provenance; knows nothing of plugins, networks or jobs.
 */
@NullMarked
package dev.unfog.core.media;

import org.jspecify.annotations.NullMarked;
