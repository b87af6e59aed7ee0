package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a plugin that cleans pictures can be measured at: each task spoils a clean picture in one way and has it restored. */
public enum RestorationTask {
    /** White Gaussian noise; the setting is its standard deviation, in 255ths. */
    DENOISE("denoise", "sigma", PictureEvaluation.SIGMA, List.of(15.0, 25.0, 50.0), 0, 255, false),
    /** Noise of a camera and its processing; the setting is how many electrons a pixel of the sensor holds. */
    CAMERA("camera", "electrons", PictureEvaluation.SIGMA, List.of(500.0), 1, 1e6, false),
    /** Pixels missing at random; the setting is how many, in per cent. */
    INPAINT("inpaint", "missing", "mask", List.of(50.0), 0, 100, false),
    /** Lost resolution; the setting is how many times wider and higher the original was. */
    SUPERRES("superres", "scale", "upscale", List.of(4.0), 1, 16, true),
    /** A Gaussian blur; the setting is its standard deviation in pixels. */
    DEBLUR("deblur", "blur_sigma", "blur-sigma", List.of(2.0), 0, 25, false),
    /** Compression; the setting is the quality of the Independent JPEG Group's scale. */
    JPEG("jpeg", "quality", "jpeg", List.of(10.0), 0, 100, true);

    private final String label;
    private final String setting;
    private final String parameter;
    private final List<Double> defaults;
    private final double above;
    private final double highest;
    private final boolean whole;

    RestorationTask(
            String label,
            String setting,
            String parameter,
            List<Double> defaults,
            double above,
            double highest,
            boolean whole) {
        this.label = label;
        this.setting = setting;
        this.parameter = parameter;
        this.defaults = defaults;
        this.above = above;
        this.highest = highest;
        this.whole = whole;
    }

    /**
     * Returns the task of a name.
     *
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if there is none
     */
    public static RestorationTask named(String name) {
        return Arrays.stream(values())
                .filter(task -> task.label.equals(name) || task == SUPERRES && name.equals("superresolution"))
                .findFirst()
                .orElseThrow(() -> new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--task",
                        name + " is no task",
                        "give one of "
                                + Arrays.stream(values())
                                        .map(task -> task.label)
                                        .collect(Collectors.joining(", "))));
    }

    /** Returns the name on the command line. */
    public String label() {
        return label;
    }

    /** Returns what the setting is called in results. */
    public String setting() {
        return setting;
    }

    /** Returns the parameter by which a plugin is told what to do; one without it cannot be measured. */
    public String parameter() {
        return parameter;
    }

    /** Returns the settings that are measured where the user names none. */
    public List<Double> defaults() {
        return defaults;
    }

    /**
     * Requires a setting in range.
     *
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if it is not
     */
    public void check(double value) {
        if (!(value > above && value <= highest) || whole && value != Math.rint(value)) {
            String range = String.format(Locale.ROOT, "above %.0f, up to %.0f", above, highest);
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--setting",
                    value + " is no " + setting.replace('_', ' ') + " for the task " + label,
                    "give " + (whole ? "whole numbers " : "numbers ") + range + ", separated by commas");
        }
    }
}
