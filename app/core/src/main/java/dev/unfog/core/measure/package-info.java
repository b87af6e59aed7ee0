/**
 * How close a result is to what it should have been: PSNR and SSIM of pictures, SI-SDR and STOI of speech, the ranking and false positives of anomaly scores.
 *
 * <p>Uses the JDK only. The figures of a model card come from here.
 */
@NullMarked
package dev.unfog.core.measure;

import org.jspecify.annotations.NullMarked;
