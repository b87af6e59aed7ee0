/**
 * Finds plugins, loads each behind a class loader that shows it the API alone, and keeps the failure of one from the others.
 *
 * <p>Uses PF4J and the plugin API. Whoever calls into a plugin goes through {@link
 * dev.unfog.core.plugin.PluginExtension}, so that whatever a plugin throws becomes a typed error.
 */
@NullMarked
package dev.unfog.core.plugin;

import org.jspecify.annotations.NullMarked;
