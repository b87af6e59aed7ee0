/**
 * Forward processes, samplers and data-consistency guidance: everything between a denoising network and a restored
 * sample, in plain Java.
 *
 * <p>A {@link dev.unfog.api.sde.ForwardProcess} says how noise came in, a {@link dev.unfog.api.sde.Denoiser} what the
 * network sees, a {@link dev.unfog.api.sde.Sampler} goes back. Uses the JDK, progress, cancellation and errors alone.
 *
 * <p>Samplers work on the reduced state û = (x − b y)/a at the noise level σ̂ = s/a, where every linear Gaussian process
 * looks like the variance-exploding one: û = x₀ + σ̂ z. A sampler sweeps the whole state once per network call, so that
 * a state may be larger than memory and no seam of a tile can grow from step to step.
 */
@NullMarked
package dev.unfog.api.sde;

import org.jspecify.annotations.NullMarked;
