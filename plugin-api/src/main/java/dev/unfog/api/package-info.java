/**
 * What every part of Unfog shares: the typed error, progress and cancellation.
 *
 * <p>Uses the JDK only. Whatever is not marked {@code @Nullable} is never null, here and in every package of this module.
 *
 * <p>Long work says how far it is, and its parts need not know that they are parts:
 *
 * <pre>{@code
 * Progress whole = (fraction, message) -> System.out.println(fraction + " " + message);
 * Progress secondHalf = whole.part(0.5, 1);
 * secondHalf.report(0.5, "sharpening"); // 0.75 sharpening
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api;

import org.jspecify.annotations.NullMarked;
