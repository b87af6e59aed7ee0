package dev.unfog.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;

/** Measures a picture denoiser on fixed noisy crops of pictures that are held out of training. */
final class PictureValidation {
    private final List<PictureFolder.Picture> pictures;
    private final int crops;
    private final int side;

    PictureValidation(List<PictureFolder.Picture> pictures, int crops, int side) {
        this.pictures = pictures.stream()
                .filter(picture -> Math.min(picture.width(), picture.height()) >= side)
                .toList();
        this.crops = this.pictures.isEmpty() ? 0 : crops;
        this.side = side;
    }

    /** Mean PSNR in dB over the crops, noise of the given level (of 255) neither clipped nor rounded, output clipped. */
    double psnr(NDManager manager, Block block, ParameterStore weights, double level) {
        int length = 3 * side * side;
        float sigma = (float) (level / 255);
        double sum = 0;
        for (int number = 0; number < crops; number++) {
            PictureFolder.Picture picture = pictures.get(number % pictures.size());
            SplittableRandom random = Seeds.random(0, number, 3);
            float[] clean = new float[length];
            PictureFolder.crop(
                    picture,
                    random.nextInt(picture.width() - side + 1),
                    random.nextInt(picture.height() - side + 1),
                    side,
                    0,
                    FloatBuffer.wrap(clean));
            float[] noisy = new float[length];
            for (int i = 0; i < length; i++) {
                noisy[i] = clean[i] + sigma * (float) random.nextGaussian();
            }
            float[] denoised;
            try (NDManager temporary = manager.newSubManager()) {
                NDArray x = temporary.create(noisy, new Shape(1, 3, side, side));
                NDArray map = temporary.full(new Shape(1, 1, side, side), sigma);
                denoised = block.forward(weights, new NDList(x, map), false)
                        .singletonOrThrow()
                        .toFloatArray();
            }
            double error = 0;
            for (int i = 0; i < length; i++) {
                double difference = Math.max(0, Math.min(1, denoised[i])) - clean[i];
                error += difference * difference;
            }
            sum += -10 * Math.log10(Math.max(error / length, 1e-12));
        }
        return sum / crops;
    }
}
