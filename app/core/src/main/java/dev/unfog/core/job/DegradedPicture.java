package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Picture;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureLayout.Depth;
import dev.unfog.api.media.Region;
import dev.unfog.api.sde.Blur;
import dev.unfog.api.sde.BlurKernel;
import dev.unfog.api.sde.GaussianNoise;
import dev.unfog.api.sde.PlaneOperator;
import dev.unfog.api.sde.Resampling;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A clean picture that was spoilt on purpose, and what its restoration is to be compared with.
 *
 * @param reference what the restoration should come near
 * @param baseline what would be there without one, of the reference's shape
 * @param input what the plugin is handed; closed with this
 * @param parameters what the plugin is told, by parameter name
 * @param border how many pixels at each edge are left out of the comparison
 */
record DegradedPicture(
        MemoryPicture reference, MemoryPicture baseline, Picture input, Map<String, String> parameters, int border)
        implements AutoCloseable {
    /** The noise's place in the generator, apart from every step in which a plugin could draw with the same seed. */
    private static final int NOISE_STEP = GaussianNoise.STEP_LIMIT - 1;

    private static final int MASK_DRAW = 3;
    private static final int CAMERA_QUALITY = 90;
    private static final int SMALLEST_SIDE = 32;

    @Override
    public void close() {
        input.close();
    }

    /** Returns a picture of the reference's shape without what is left out of the comparison. */
    MemoryPicture shaved(MemoryPicture picture) {
        PictureLayout layout = picture.layout();
        return border == 0
                ? picture
                : cropped(picture, border, border, layout.width() - 2 * border, layout.height() - 2 * border);
    }

    /** Where a clean picture is spoilt. */
    record Workshop(Unfog unfog, Path folder, long seed) {
        /**
         * Spoils a picture.
         *
         * @param clean its colours
         * @param task in which way
         * @param setting how much
         * @throws UnfogException if the picture is too small or has no colours for the task
         */
        DegradedPicture degrade(MemoryPicture clean, RestorationTask task, double setting) {
            task.check(setting);
            PictureLayout layout = clean.layout();
            if (task != RestorationTask.DENOISE && Math.min(layout.width(), layout.height()) < SMALLEST_SIDE) {
                throw unsuitable(clean, "it is smaller than " + SMALLEST_SIDE + "x" + SMALLEST_SIDE);
            }
            return switch (task) {
                case DENOISE -> noisy(clean, setting);
                case CAMERA -> taken(clean, setting);
                case INPAINT -> holed(clean, setting);
                case SUPERRES -> reduced(clean, (int) setting);
                case DEBLUR -> blurred(clean, setting);
                case JPEG -> compressed(clean, (int) setting);
            };
        }

        private static UnfogException unsuitable(MemoryPicture clean, String problem) {
            return new UnfogException(
                    ErrorCode.UNSUPPORTED_MEDIA,
                    clean.name(),
                    problem + ", so this task cannot be measured on it",
                    "take it out of the folder");
        }

        private long sample(MemoryPicture clean) {
            CRC32 name = new CRC32();
            name.update(clean.name().getBytes(StandardCharsets.UTF_8));
            return name.getValue();
        }

        private DegradedPicture noisy(MemoryPicture clean, double sigma) {
            PictureLayout layout = clean.layout();
            float[] values = clean.planar().clone();
            float[] noise = new float[layout.width()];
            float level = (float) (sigma / 255);
            GaussianNoise generator = new GaussianNoise(seed);
            int at = 0;
            for (int channel = 0; channel < layout.channels(); channel++) {
                for (int y = 0; y < layout.height(); y++) {
                    long position = (long) y * layout.width();
                    generator.fill(sample(clean), NOISE_STEP, 0, channel, position, noise, 0, noise.length);
                    for (float value : noise) {
                        values[at++] += level * value;
                    }
                }
            }
            MemoryPicture noisy = new MemoryPicture(clean.name(), layout, values);
            return new DegradedPicture(clean, noisy, noisy, Map.of(PictureEvaluation.SIGMA, Double.toString(sigma)), 0);
        }

        private DegradedPicture taken(MemoryPicture clean, double electrons) {
            PictureLayout layout = clean.layout();
            if (layout.channels() != 3) {
                throw unsuitable(clean, "it has no colours");
            }
            float[] taken = CameraSimulation.take(
                    clean.planar(),
                    layout.width(),
                    layout.height(),
                    electrons,
                    new GaussianNoise(seed),
                    sample(clean),
                    NOISE_STEP);
            return throughJpeg(clean, taken, CAMERA_QUALITY, Map.of());
        }

        private DegradedPicture compressed(MemoryPicture clean, int quality) {
            return throughJpeg(clean, clean.planar(), quality, Map.of("jpeg", "true"));
        }

        private DegradedPicture throughJpeg(
                MemoryPicture clean, float[] values, int quality, Map<String, String> parameters) {
            Path file = folder.resolve("degraded.jpg");
            BufferedImage image = image(values, clean.layout());
            ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
            try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
                ImageWriteParam compression = writer.getDefaultWriteParam();
                compression.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                compression.setCompressionQuality(quality / 100f);
                writer.setOutput(out);
                writer.write(null, new IIOImage(image, null, null), compression);
            } catch (IOException e) {
                throw unwritable(file, e);
            } finally {
                writer.dispose();
            }
            Picture input = (Picture) unfog.open(file, folder);
            try {
                return new DegradedPicture(clean, PictureEvaluation.colours(input), input, parameters, 0);
            } catch (RuntimeException e) {
                input.close();
                throw e;
            }
        }

        private DegradedPicture holed(MemoryPicture clean, double percent) {
            PictureLayout layout = clean.layout();
            int pixels = Math.toIntExact(layout.pixels());
            float[] ranks = new float[pixels];
            new GaussianNoise(seed).fill(sample(clean), NOISE_STEP, MASK_DRAW, 0, 0, ranks, 0, pixels);
            float[] sorted = ranks.clone();
            Arrays.sort(sorted);
            int missing = (int) Math.min(pixels - 1L, Math.round(pixels * percent / 100));
            float[] values = rounded(clean.planar());
            float[] mask = new float[pixels];
            for (int i = 0; i < pixels; i++) {
                if (ranks[i] < sorted[missing]) {
                    mask[i] = 1;
                    for (int channel = 0; channel < layout.channels(); channel++) {
                        values[channel * pixels + i] = 0;
                    }
                }
            }
            Path file = folder.resolve("mask.png");
            PictureLayout grey =
                    new PictureLayout(layout.width(), layout.height(), PictureLayout.Color.GREY, false, Depth.UINT8);
            try {
                if (!ImageIO.write(image(mask, grey), "png", file.toFile())) {
                    throw new IOException("this Java cannot write PNG");
                }
            } catch (IOException e) {
                throw unwritable(file, e);
            }
            MemoryPicture holed = new MemoryPicture(clean.name(), layout.withDepth(Depth.UINT8), values);
            return new DegradedPicture(clean, holed, holed, Map.of("mask", file.toString()), 0);
        }

        private DegradedPicture reduced(MemoryPicture clean, int scale) {
            PictureLayout layout = clean.layout();
            int width = layout.width() / scale;
            int height = layout.height() / scale;
            if (Math.min(width, height) < 8) {
                throw unsuitable(clean, "it is too small to be made " + scale + " times smaller");
            }
            MemoryPicture reference = cropped(clean, 0, 0, width * scale, height * scale);
            float[] small = rounded(each(reference, Resampling.bicubic(height * scale, width * scale, height, width)));
            MemoryPicture input = new MemoryPicture(
                    clean.name(), layout.withSize(width, height).withDepth(Depth.UINT8), small);
            float[] large = rounded(each(input, Resampling.bicubic(height, width, height * scale, width * scale)));
            MemoryPicture bicubic = new MemoryPicture(clean.name(), reference.layout(), large);
            return new DegradedPicture(reference, bicubic, input, Map.of("upscale", Integer.toString(scale)), scale);
        }

        private DegradedPicture blurred(MemoryPicture clean, double sigma) {
            PictureLayout layout = clean.layout();
            BlurKernel kernel = BlurKernel.gaussian(sigma);
            int left = kernel.width() / 2;
            int top = kernel.height() / 2;
            int width = layout.width() - 2 * left;
            int height = layout.height() - 2 * top;
            if (Math.min(width, height) < SMALLEST_SIDE) {
                throw unsuitable(clean, "it is too small for such a blur");
            }
            float[] values = rounded(each(clean, Blur.cropped(kernel, layout.height(), layout.width())));
            MemoryPicture blurred = new MemoryPicture(
                    clean.name(), layout.withSize(width, height).withDepth(Depth.UINT8), values);
            return new DegradedPicture(
                    cropped(clean, left, top, width, height),
                    blurred,
                    blurred,
                    Map.of("blur-sigma", Double.toString(sigma)),
                    0);
        }

        private static UnfogException unwritable(Path file, IOException cause) {
            return new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    file.toString(),
                    "it cannot be written: " + cause.getMessage(),
                    "free some space in the temporary folder",
                    cause);
        }
    }

    /** Applies an operator to each channel. */
    private static float[] each(MemoryPicture picture, PlaneOperator operator) {
        int from = operator.inputHeight() * operator.inputWidth();
        int to = operator.outputHeight() * operator.outputWidth();
        int channels = picture.layout().channels();
        double[] plane = new double[from];
        double[] result = new double[to];
        float[] values = new float[channels * to];
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < from; i++) {
                plane[i] = picture.planar()[channel * from + i];
            }
            operator.apply(plane, result);
            for (int i = 0; i < to; i++) {
                values[channel * to + i] = (float) result[i];
            }
        }
        return values;
    }

    /** Returns a rectangle of a picture. */
    static MemoryPicture cropped(MemoryPicture picture, int left, int top, int width, int height) {
        MemoryPicture cropped =
                MemoryPicture.black(picture.name(), picture.layout().withSize(width, height));
        picture.read(new Region(left, top, width, height), cropped.planar());
        return cropped;
    }

    /** Returns values clipped and rounded to 8 bits. */
    static float[] rounded(float[] values) {
        float[] rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Math.round(Math.max(0, Math.min(1, values[i])) * 255) / 255f;
        }
        return rounded;
    }

    private static BufferedImage image(float[] values, PictureLayout layout) {
        int width = layout.width();
        int height = layout.height();
        int pixels = width * height;
        boolean grey = layout.channels() == 1;
        BufferedImage image =
                new BufferedImage(width, height, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < pixels; i++) {
            for (int channel = 0; channel < layout.channels(); channel++) {
                image.getRaster()
                        .setSample(
                                i % width,
                                i / width,
                                channel,
                                Math.round(Math.max(0, Math.min(1, values[channel * pixels + i])) * 255));
            }
        }
        return image;
    }
}
