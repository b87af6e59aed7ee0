/**
 * What a plugin promises, as tests that its author runs.
 *
 * <p>Uses JUnit 5, AssertJ and the host. An author extends {@link dev.unfog.testkit.PluginContract} and needs nothing else.
 */
@NullMarked
package dev.unfog.testkit;

import org.jspecify.annotations.NullMarked;
