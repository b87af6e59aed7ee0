/**
 * The web page and the REST interface: what {@code unfog serve} starts.
 *
 * <p>Uses the packages below it; they do not use it. This JVM loads no plugin and no native code: a worker JVM does.
 */
@NullMarked
package dev.unfog.server;

import org.jspecify.annotations.NullMarked;
