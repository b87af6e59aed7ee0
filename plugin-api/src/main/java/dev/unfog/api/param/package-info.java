/**
 * How a plugin declares its parameters, once: the command line's flags, the REST schema and the web form are made from it.
 *
 * <p>Uses the JDK only.
 */
@NullMarked
package dev.unfog.api.param;

import org.jspecify.annotations.NullMarked;
