/**
 * The extension points, one verb each, and what the host hands to a plugin.
 *
 * <p>Uses the JDK, PF4J and the other packages of this module. A plugin declares its extensions with PF4J's
 * {@code @Extension}; each has a constructor without arguments that does nothing costly.
 *
 * <p>All that a plugin need be; as a class of its own it is annotated with {@code Extension}, and reads tile by tile:
 *
 * <pre>{@code
 * Cleaner inverter = new Cleaner() {
 *     public String summary() {
 *         return "Inverts pictures";
 *     }
 *
 *     public Set<MediaKind> accepts() {
 *         return Set.of(MediaKind.PICTURE);
 *     }
 *
 *     public List<Parameter<?>> parameters() {
 *         return List.of();
 *     }
 *
 *     public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
 *         Picture picture = (Picture) input;
 *         PictureSink inverted = outputs.picture(Outputs.MAIN, picture.layout());
 *         Region all = picture.layout().bounds();
 *         float[] planar = new float[(int) all.area() * picture.layout().channels()];
 *         picture.read(all, planar);
 *         for (int i = 0; i < planar.length; i++) {
 *             planar[i] = 1 - planar[i];
 *         }
 *         inverted.write(all, planar);
 *     }
 * };
 * System.out.println(inverter.accepts()); // [picture]
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api.plugin;

import org.jspecify.annotations.NullMarked;
