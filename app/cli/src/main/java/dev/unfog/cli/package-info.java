/**
 * The {@code unfog} command: flags in, results on standard output, progress and messages on standard error.
 *
 * <p>Uses picocli and dev.unfog.core. Nothing here knows a plugin: its flags are made from its parameter declarations.
 */
@NullMarked
package dev.unfog.cli;

import org.jspecify.annotations.NullMarked;
