package dev.unfog.core.onnx;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which device the user wants: {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:1} or {@code coreml}.
 *
 * <p>{@code auto} takes an NVIDIA GPU if there is one, and else the processor; a device that is named must be there, since
 * whoever names one would rather be told than wait for the processor.
 *
 * @param device the device that is named; empty for {@code auto}
 */
public record DevicePolicy(Optional<Device> device) {
    /** The first NVIDIA GPU, or else the processor. */
    public static final DevicePolicy AUTO = new DevicePolicy(Optional.empty());

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /**
     * Parses what the user wrote after {@code --device}.
     *
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if it is none of the five forms
     */
    public static DevicePolicy parse(String text) {
        Matcher cuda = CUDA.matcher(text);
        if (cuda.matches()) {
            String index = cuda.group(1);
            return named(new Device(Device.Kind.CUDA, index == null ? 0 : Integer.parseInt(index)));
        }
        return switch (text) {
            case "auto" -> AUTO;
            case "cpu" -> named(Device.CPU);
            case "coreml" -> named(new Device(Device.Kind.COREML, 0));
            default ->
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        "--device",
                        "'" + text + "' is no device",
                        "write auto, cpu, cuda, cuda:N or coreml");
        };
    }

    /** Returns the policy that wants one device and no other. */
    public static DevicePolicy named(Device device) {
        return new DevicePolicy(Optional.of(device));
    }

    @Override
    public String toString() {
        return device.map(Device::toString).orElse("auto");
    }
}
