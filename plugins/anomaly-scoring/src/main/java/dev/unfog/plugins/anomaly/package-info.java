/**
 * Says which samples are unlike the normal ones: a score network trained on normal samples, its norms at several noise levels, the
 * distance to the nearest normal samples, and a calibration that turns both into a p-value.
 *
 * <p>Uses the plugin API, and Jackson for a model's description. {@code Table…} is for rows; the rest serves every kind of sample.
 */
@NullMarked
package dev.unfog.plugins.anomaly;

import org.jspecify.annotations.NullMarked;
