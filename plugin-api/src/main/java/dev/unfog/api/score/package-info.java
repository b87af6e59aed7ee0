/**
 * Score networks as a plugin sees them: a tensor, a network's card, and one call that removes noise.
 *
 * <p>Uses the JDK only. The host implements {@link dev.unfog.api.score.ScoreNetwork}; a plugin never touches a runtime.
 */
@NullMarked
package dev.unfog.api.score;

import org.jspecify.annotations.NullMarked;
