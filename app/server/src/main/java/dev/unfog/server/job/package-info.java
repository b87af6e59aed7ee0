/**
 * Jobs: what they are, the database and the folders that keep them, and the queue that hands them to the worker.
 *
 * <p>Uses the worker package; knows nothing of HTTP.
 */
@NullMarked
package dev.unfog.server.job;

import org.jspecify.annotations.NullMarked;
