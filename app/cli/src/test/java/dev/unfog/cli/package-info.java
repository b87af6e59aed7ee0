/** Tests of the command, run in this process with real plugins, networks and files. */
@NullMarked
package dev.unfog.cli;

import org.jspecify.annotations.NullMarked;
