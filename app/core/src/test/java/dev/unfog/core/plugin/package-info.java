/** Tests of the plugin host, with real plugins that are compiled and packed on the fly. */
@NullMarked
package dev.unfog.core.plugin;

import org.jspecify.annotations.NullMarked;
