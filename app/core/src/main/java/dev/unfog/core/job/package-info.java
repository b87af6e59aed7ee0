/**
 * The work that a user asks for, from files to files: which plugin does it, where results go, what is recorded about it.
 *
 * <p>Uses the other packages of the host. The command line and the server call this package and nothing below it.
 */
@NullMarked
package dev.unfog.core.job;

import org.jspecify.annotations.NullMarked;
