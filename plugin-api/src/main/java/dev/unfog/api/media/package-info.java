/**
 * What a plugin reads and writes: pictures, sound and tables, by region, so that nothing assumes that a sample fits in memory.
 *
 * <p>Uses the JDK only. The host implements these and owns the files; a plugin sees plain floats.
 *
 * <p>A picture is read tile by tile, each an array of planes:
 *
 * <pre>{@code
 * PictureLayout layout = new PictureLayout(640, 480, PictureLayout.Color.RGB, false, PictureLayout.Depth.UINT8);
 * Region tile = new Region(600, 0, 40, 16);
 * // Planar: all reds of the tile row by row, then all greens, then all blues. A plugin reads and writes such tiles.
 * float[] planar = new float[(int) tile.area() * layout.channels()];
 * System.out.println(planar.length); // 1920
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api.media;

import org.jspecify.annotations.NullMarked;
