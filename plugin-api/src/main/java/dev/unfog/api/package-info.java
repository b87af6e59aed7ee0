/**
 * What every part of Unfog shares: the typed error, progress and cancellation.
 *
 * <p>Uses the JDK only. Whatever is not marked {@code @Nullable} is never null, here and in every package of this module.
 */
@NullMarked
package dev.unfog.api;

import org.jspecify.annotations.NullMarked;
