/** Tests of what stands in front of the routes. */
@NullMarked
package dev.unfog.server.rest;

import org.jspecify.annotations.NullMarked;
