/**
 * Where score networks lie, what their cards say, and whether their files are intact.
 *
 * <p>Uses Jackson and the plugin API. Nothing here runs a network, so that listing them does not load a runtime.
 */
@NullMarked
package dev.unfog.core.model;

import org.jspecify.annotations.NullMarked;
