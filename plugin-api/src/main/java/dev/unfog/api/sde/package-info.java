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
 *
 * <p>Ten thousand samples, drawn by following the score back from pure noise:
 *
 * <pre>{@code
 * ForwardProcess process = new VarianceExplodingProcess(0.002, 80);
 * // The exact denoiser of data that are N(3, 1), in place of a trained network.
 * Denoiser denoiser = (state, at, denoised) -> {
 *     float[] values = new float[(int) state.shape().size()];
 *     state.read(0, values, 0, values.length);
 *     double variance = at.noiseLevel() * at.noiseLevel();
 *     for (int i = 0; i < values.length; i++) {
 *         values[i] = (float) ((values[i] + 3 * variance) / (1 + variance));
 *     }
 *     denoised.write(0, values, 0, values.length);
 * };
 * SamplingRequest request = SamplingRequest.builder()
 *         .setProcess(process)
 *         .setDenoiser(denoiser)
 *         .setShape(new StateShape(1, 1, 10_000))
 *         .build();
 * float[] drawn = new float[10_000];
 * try (SampleState sample = Samplers.named("heun").sample(request)) {
 *     sample.read(0, drawn, 0, drawn.length);
 * }
 * double mean = IntStream.range(0, drawn.length).mapToDouble(i -> drawn[i]).average().orElseThrow();
 * System.out.println(Math.round(mean)); // 3
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api.sde;

import org.jspecify.annotations.NullMarked;
