package dev.unfog.core.job;

import dev.unfog.core.onnx.DevicePolicy;
import java.util.Optional;

/**
 * How a plugin is run, whatever it does.
 *
 * @param model the network that takes the place of the plugin's own, by name or path, if the user named one
 * @param device where networks run
 * @param seed the seed of all randomness
 */
public record RunSettings(Optional<String> model, DevicePolicy device, long seed) {
    /** The plugin's own network on the fastest device, seed 0. */
    public static final RunSettings DEFAULT = new RunSettings(Optional.empty(), DevicePolicy.AUTO, 0);
}
