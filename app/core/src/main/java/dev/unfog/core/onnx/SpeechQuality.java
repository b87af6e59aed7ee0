package dev.unfog.core.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DNSMOS P.835: what listeners would say of speech, of the noise left, and of both together, 1 to 5, by a network of
 * Microsoft's that the user provides.
 *
 * <p>Reddy et al. 2022, "DNSMOS P.835: A Non-Intrusive Perceptual Objective Speech Quality Metric to Evaluate Noise
 * Suppressors": windows of 9.01 s every second, shorter recordings repeated, a polynomial on what the network says, mean over
 * the windows. For one thread.
 */
public final class SpeechQuality implements AutoCloseable {
    private static final int SAMPLE_RATE = 16000;
    private static final int WINDOW = 144160;

    private final OrtEnvironment environment;
    private final OrtSession session;

    /**
     * The three opinions, 1 to 5.
     *
     * @param signal of the speech (SIG)
     * @param background of the noise left (BAK)
     * @param overall of both (OVRL)
     */
    public record Opinion(double signal, double background, double overall) {}

    /**
     * Opens the network.
     *
     * @param file the file {@code sig_bak_ovr.onnx}
     * @throws UnfogException if it is another file
     */
    public SpeechQuality(Path file) {
        environment = OnnxEnvironment.get();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            session = environment.createSession(file.toString(), options);
        } catch (OrtException e) {
            throw broken(file.toString(), e);
        }
        if (!session.getInputNames().contains("input_1")) {
            close();
            throw broken(file.toString(), null);
        }
    }

    private static UnfogException broken(String file, @Nullable OrtException cause) {
        return new UnfogException(
                ErrorCode.BAD_PARAMETER,
                file,
                "it is not the network of DNSMOS P.835",
                "give its file sig_bak_ovr.onnx, or leave it out",
                cause);
    }

    /**
     * Judges a recording.
     *
     * @param sound one channel at 16 kHz, at least one value
     */
    public Opinion opinion(float[] sound) {
        float[] repeated = sound;
        if (sound.length < WINDOW) {
            repeated = new float[WINDOW];
            for (int i = 0; i < WINDOW; i++) {
                repeated[i] = sound[i % sound.length];
            }
        }
        double[] sums = new double[3];
        int windows = 0;
        for (int start = 0; start + WINDOW <= repeated.length; start += SAMPLE_RATE) {
            float[] raw = run(repeated, start);
            sums[0] += polynomial(raw[0], -0.08397278, 1.22083953, 0.0052439);
            sums[1] += polynomial(raw[1], -0.13166888, 1.60915514, -0.39604546);
            sums[2] += polynomial(raw[2], -0.06766283, 1.11546468, 0.04602535);
            windows++;
        }
        return new Opinion(sums[0] / windows, sums[1] / windows, sums[2] / windows);
    }

    private static double polynomial(double raw, double square, double linear, double constant) {
        return (square * raw + linear) * raw + constant;
    }

    private float[] run(float[] sound, int start) {
        try (OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(sound, start, WINDOW).slice(), new long[] {1, WINDOW});
                OrtSession.Result result = session.run(Map.of("input_1", input))) {
            return ((float[][]) result.get(0).getValue())[0];
        } catch (OrtException e) {
            throw broken("DNSMOS", e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
