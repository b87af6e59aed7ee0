package dev.unfog.api.score;

import dev.unfog.api.media.MediaKind;
import java.util.Map;

/**
 * What a network says about itself: the machine-readable card beside its ONNX file.
 *
 * @param id the network's name, such as {@code photo}
 * @param kind the kind of media that it was trained on
 * @param conditioning which inputs it takes
 * @param process the forward process that it was trained for
 * @param channels the size C of its first input's second dimension
 * @param rangeMinimum the nominal smallest value of clean data
 * @param rangeMaximum the nominal largest value of clean data
 * @param sampleRate for sound, the sample rate in Hz; 0 where it has no meaning
 * @param receptiveField how far from an output value an input value can matter, in elements of a spatial dimension;
 *     0 for data without spatial dimensions
 * @param sizeMinimum the smallest spatial size that it accepts
 * @param sizeMultiple what each spatial size must be a multiple of
 * @param sha256 the SHA-256 of the ONNX file, 64 lower-case hexadecimal digits
 * @since 0.1.0
 */
public record NetworkCard(
        String id,
        MediaKind kind,
        Conditioning conditioning,
        Process process,
        int channels,
        float rangeMinimum,
        float rangeMaximum,
        int sampleRate,
        int receptiveField,
        int sizeMinimum,
        int sizeMultiple,
        String sha256) {

    /**
     * Which inputs a network takes.
     *
     * @since 0.1.0
     */
    public enum Conditioning {
        /** {@code x} (the state divided by a(t)) and {@code noise} (the reduced noise level s/a). */
        NOISE,
        /** {@code x} (the state), {@code y} (the observation) and {@code time}. */
        OBSERVATION
    }

    /**
     * A forward process by name, with its constants.
     *
     * @param name such as {@code VE} or {@code OUVE}
     * @param constants by name, such as {@code sigmaMin}
     * @since 0.1.0
     */
    public record Process(String name, Map<String, Double> constants) {
        /**
         * Copies the constants, so that the card cannot change.
         *
         * @param name such as {@code VE} or {@code OUVE}
         * @param constants by name, such as {@code sigmaMin}
         */
        public Process {
            constants = Map.copyOf(constants);
        }

        /**
         * {@return one constant}
         *
         * @param constant its name
         * @throws IllegalArgumentException if the card does not give it
         */
        public double constant(String constant) {
            Double value = constants.get(constant);
            if (value == null) {
                throw new IllegalArgumentException("The process " + name + " has no constant " + constant);
            }
            return value;
        }
    }
}
