package dev.unfog.core.onnx;

import dev.unfog.api.score.Device;
import java.util.Optional;

/**
 * The device that a policy led to.
 *
 * @param device where networks run
 * @param report one line for people that says which faster device was passed over and why, if one was
 */
public record DeviceChoice(Device device, Optional<String> report) {}
