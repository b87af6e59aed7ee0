/**
 * The worker JVM, in which plugins and networks run, and the server's end of the line to it: JSON, one object a line, over standard
 * input and output.
 *
 * <p>Uses the core. Only {@link dev.unfog.server.worker.Worker} loads plugins, and only in the worker JVM.
 */
@NullMarked
package dev.unfog.server.worker;

import org.jspecify.annotations.NullMarked;
