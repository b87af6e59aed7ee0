/** The real server on a free port, with a real plugin in a real worker JVM. */
@NullMarked
package dev.unfog.server;

import org.jspecify.annotations.NullMarked;
