/**
 * Denoising score matching with DJL on PyTorch: carries out the plans of {@link dev.unfog.api.train} and writes what it trained
 * as ONNX.
 *
 * <p>Entered through {@link dev.unfog.api.train.ScoreTraining} as a service. The only package that touches DJL; it needs nothing of
 * the host but the plugin API, so that it and its natives can be left out of a distribution.
 */
@NullMarked
package dev.unfog.training;

import org.jspecify.annotations.NullMarked;
