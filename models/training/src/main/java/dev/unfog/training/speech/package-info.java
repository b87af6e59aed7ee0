/**
 * Trains the speech network: sound to learn from, mixtures drawn by number, the network itself, and its measure.
 *
 * <p>Uses the trainer and the ONNX writer of the package above, and the spectrum of the speech plugin.
 */
@NullMarked
package dev.unfog.training.speech;

import org.jspecify.annotations.NullMarked;
