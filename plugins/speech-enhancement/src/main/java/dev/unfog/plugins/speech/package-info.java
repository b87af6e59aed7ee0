/**
 * Cleans speech: spectrum in and out, resampling, chunks, and the extension that the host finds.
 *
 * <p>Uses plugin-api, the JDK and TarsosDSP's Fourier transform. Decoding and encoding are the host's.
 */
@NullMarked
package dev.unfog.plugins.speech;

import org.jspecify.annotations.NullMarked;
