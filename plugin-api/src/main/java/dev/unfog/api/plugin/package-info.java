/**
 * The extension points, one verb each, and what the host hands to a plugin.
 *
 * <p>Uses the JDK, PF4J and the other packages of this module. A plugin declares its extensions with PF4J's
 * {@code @Extension}; each has a constructor without arguments that does nothing costly.
 */
@NullMarked
package dev.unfog.api.plugin;

import org.jspecify.annotations.NullMarked;
