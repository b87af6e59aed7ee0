@NullMarked
package dev.unfog.core.media.rows;

import org.jspecify.annotations.NullMarked;
