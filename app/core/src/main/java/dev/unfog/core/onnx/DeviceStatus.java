package dev.unfog.core.onnx;

import dev.unfog.api.score.Device;
import java.util.Optional;

/**
 * Whether a device can be used.
 *
 * @param device the device
 * @param obstacle what keeps it from being used and what to do, one line; empty if nothing does
 */
public record DeviceStatus(Device device, Optional<String> obstacle) {
    /** Returns whether networks can run on it. */
    public boolean isAvailable() {
        return obstacle.isEmpty();
    }
}
