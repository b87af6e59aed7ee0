/**
 * The plugin {@code image-restoration}: cleans pictures with a score network as the prior.
 *
 * <p>Uses the JDK and plugin-api. Everything works tile by tile, so that a picture of any size goes through in flat memory, and
 * nothing depends on where the tiles lie.
 */
@NullMarked
package dev.unfog.plugins.image;

import org.jspecify.annotations.NullMarked;
