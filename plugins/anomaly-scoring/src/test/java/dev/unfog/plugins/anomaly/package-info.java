@NullMarked
package dev.unfog.plugins.anomaly;

import org.jspecify.annotations.NullMarked;
