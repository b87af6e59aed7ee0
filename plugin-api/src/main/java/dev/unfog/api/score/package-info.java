/**
 * Score networks as a plugin sees them: a tensor, a network's card, and one call that removes noise.
 *
 * <p>Uses the JDK only. The host implements {@link dev.unfog.api.score.ScoreNetwork}; a plugin never touches a runtime.
 *
 * <p>From what a network answers to the score, the gradient of the log-density:
 *
 * <pre>{@code
 * // A network takes x and noise and answers D, the clean data that it expects. For data that are N(0, 1), D = x / (1 + noise²).
 * Tensor x = Tensor.of(new float[] {3}, 1, 1);
 * float noise = 2;
 * float denoised = x.data().get(0) / (1 + noise * noise);
 * // Tweedie: the score is how far x lies from D, in units of the noise variance. Here it is that of N(0, 1 + noise²), -x / (1 + noise²).
 * float score = (denoised - x.data().get(0)) / (noise * noise);
 * System.out.println(score); // -0.6
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api.score;

import org.jspecify.annotations.NullMarked;
