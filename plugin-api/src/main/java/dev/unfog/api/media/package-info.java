/**
 * What a plugin reads and writes: pictures, sound and tables, by region, so that nothing assumes that a sample fits in memory.
 *
 * <p>Uses the JDK only. The host implements these and owns the files; a plugin sees plain floats.
 */
@NullMarked
package dev.unfog.api.media;

import org.jspecify.annotations.NullMarked;
