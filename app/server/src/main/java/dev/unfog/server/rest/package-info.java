/**
 * HTTP: routes, uploads, events, problem documents, and the guard in front of them all.
 *
 * <p>Uses Javalin and the job and worker packages.
 */
@NullMarked
package dev.unfog.server.rest;

import org.jspecify.annotations.NullMarked;
