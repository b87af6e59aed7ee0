/**
 * How a plugin declares its parameters, once: the command line's flags, the REST schema and the web form are made from it.
 *
 * <p>Uses the JDK only.
 *
 * <p>Declared once, parsed by the host, read by the plugin:
 *
 * <pre>{@code
 * Parameter<Double> strength = new Parameter<>(
 *         "strength", new ParameterType.Real(0, 1), 1.0, "", "how much of the noise to take away");
 * ParameterValues values = ParameterValues.parse(List.of(strength), Map.of("strength", "0.7"));
 * System.out.println(values.get(strength)); // 0.7
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api.param;

import org.jspecify.annotations.NullMarked;
