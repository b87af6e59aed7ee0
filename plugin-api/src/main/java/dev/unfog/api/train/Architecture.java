package dev.unfog.api.train;

import java.util.List;

/**
 * The networks that can be trained; each is a denoiser D(x, σ) that satisfies the score-network contract.
 *
 * @since 0.1.0
 */
public sealed interface Architecture {

    /** {@return the number of channels C of a sample} */
    int channels();

    /**
     * A U-Net of convolutions without biases, for pictures: D(x, σ) = x + F(x − ½, σ), one level a pixel.
     *
     * <p>The picture is folded 2×2 into channels first. Height and width must be multiples of twice 2 to the number of levels
     * less one. Without biases and normalisation what is learned at one contrast holds at all (Mohan et al. 2020).
     *
     * @param channels channels of a picture
     * @param widths channels of each level, finest first, each twice as coarse as the one before
     * @param blocks residual blocks of each level on the way down, on the way up, and of the coarsest level
     * @since 0.1.0
     */
    record PictureUNet(int channels, List<Integer> widths, int blocks) implements Architecture {
        /**
         * Requires at least one level, and everything above 0; copies the widths.
         *
         * @param channels channels of a picture
         * @param widths channels of each level, finest first, each twice as coarse as the one before
         * @param blocks residual blocks of each level on the way down, on the way up, and of the coarsest level
         */
        public PictureUNet {
            widths = List.copyOf(widths);
            if (channels < 1
                    || blocks < 1
                    || widths.isEmpty()
                    || widths.stream().anyMatch(width -> width < 1)) {
                throw new IllegalArgumentException("A U-Net has at least one channel, level and block");
            }
        }
    }

    /**
     * A multi-layer perceptron for rows of numbers, preconditioned as in Karras et al. 2022, "Elucidating the Design Space of
     * Diffusion-Based Generative Models", for standardised data (deviation 1).
     *
     * @param channels numbers in a row
     * @param width units of each hidden layer
     * @param layers hidden layers
     * @since 0.1.0
     */
    record Perceptron(int channels, int width, int layers) implements Architecture {
        /**
         * Requires everything above 0.
         *
         * @param channels numbers in a row
         * @param width units of each hidden layer
         * @param layers hidden layers
         */
        public Perceptron {
            if (channels < 1 || width < 1 || layers < 1) {
                throw new IllegalArgumentException("A perceptron has at least one channel, unit and layer");
            }
        }
    }

    /**
     * A mixture of Gaussians, whose denoiser is known, and a {@link Perceptron} for what it misses: for rows of numbers that lie in groups.
     *
     * <p>Far from all samples a perceptron answers anything; the mixture leads back to the nearest groups. Its centres begin at samples.
     *
     * @param channels numbers in a row
     * @param width units of each hidden layer
     * @param layers hidden layers
     * @param components Gaussians in the mixture
     * @since 0.1.0
     */
    record MixturePerceptron(int channels, int width, int layers, int components) implements Architecture {
        /**
         * Requires everything above 0.
         *
         * @param channels numbers in a row
         * @param width units of each hidden layer
         * @param layers hidden layers
         * @param components Gaussians in the mixture
         */
        public MixturePerceptron {
            if (channels < 1 || width < 1 || layers < 1 || components < 1) {
                throw new IllegalArgumentException("It has at least one channel, unit, layer and component");
            }
        }
    }
}
