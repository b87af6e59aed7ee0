package dev.unfog.api.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a training came to.
 *
 * @param network the ONNX file written
 * @param sha256 its SHA-256, 64 lower-case hexadecimal digits
 * @param steps steps taken, those before a break included
 * @param samples samples seen
 * @param duration time spent, that before a break included
 * @param loss mean weighted squared error over the last steps
 * @param validations quality on held-out samples, one entry a noise level; empty where nothing was held out
 * @since 0.1.0
 */
public record TrainingResult(
        Path network,
        String sha256,
        long steps,
        long samples,
        Duration duration,
        double loss,
        List<Validation> validations) {

    /**
     * Copies the list.
     *
     * @param network the ONNX file written
     * @param sha256 its SHA-256, 64 lower-case hexadecimal digits
     * @param steps steps taken, those before a break included
     * @param samples samples seen
     * @param duration time spent, that before a break included
     * @param loss mean weighted squared error over the last steps
     * @param validations quality on held-out samples, one entry a noise level; empty where nothing was held out
     */
    public TrainingResult {
        validations = List.copyOf(validations);
    }

    /**
     * Quality at one noise level.
     *
     * @param noiseLevel σ in the units of the data
     * @param psnr mean peak signal-to-noise ratio in dB of the denoised samples, the peak being the width of the data's nominal
     *     range and the output clipped to it
     * @since 0.1.0
     */
    public record Validation(double noiseLevel, double psnr) {}
}
