/** Tests of the model store, and the tiny networks that other tests use too. */
@NullMarked
package dev.unfog.core.model;

import org.jspecify.annotations.NullMarked;
