/**
 * JMH benchmarks of what takes the time: noise, samplers, networks and whole jobs.
 *
 * <p>Run from the project's root, where they find the models and the distribution, as {@code README.md} says. Uses everything.
 */
@NullMarked
package dev.unfog.benchmarks;

import org.jspecify.annotations.NullMarked;
