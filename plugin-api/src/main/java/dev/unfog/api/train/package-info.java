/**
 * Training score networks, a service of the host: a plugin or a user says what network, on what data and at what noise levels
 * ({@link dev.unfog.api.train.TrainingPlan}), and {@link dev.unfog.api.train.ScoreTraining} carries it out.
 *
 * <p>Uses the JDK and {@code dev.unfog.api}; what does the work is optional in a distribution and is found as a service.
 */
@NullMarked
package dev.unfog.api.train;

import org.jspecify.annotations.NullMarked;
