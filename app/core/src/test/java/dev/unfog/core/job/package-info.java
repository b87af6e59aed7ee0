/** Tests of jobs. */
@NullMarked
package dev.unfog.core.job;

import org.jspecify.annotations.NullMarked;
