package dev.unfog.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The devices that networks can run on here, found out by running a one-operator network on each.
 *
 * <p>What was found out is remembered. Safe for use by many threads.
 */
public final class Devices {
    /** A network of one Identity operator, {@code a} to {@code b}, float32 {@code [1]}: the smallest there is. */
    private static final byte[] IDENTITY = HexFormat.of()
            .parseHex(
                    "0808" // ir_version 8
                            + "3a31" // graph
                            + "0a10" + "0a0161" + "120162" + "2208" + "4964656e74697479" // node: a, b, Identity
                            + "120167" // name g
                            + "5a0d" + "0a0161" + "1208" + "0a06" + "0801" + "1202" + "0a00" // input a
                            + "620b" + "0a0162" + "1206" + "0a04" + "0801" + "1200" // output b
                            + "4202" + "1011"); // opset 17

    private final Map<Device, DeviceStatus> known = new ConcurrentHashMap<>();

    /**
     * Returns what can be said of every device: the processor, the first NVIDIA GPUs, Core ML.
     *
     * @throws UnfogException if ONNX Runtime does not load at all
     */
    public List<DeviceStatus> list() {
        java.util.ArrayList<DeviceStatus> devices = new java.util.ArrayList<>();
        devices.add(status(Device.CPU));
        DeviceStatus gpu = status(new Device(Device.Kind.CUDA, 0));
        for (int index = 1; ; index++) {
            devices.add(gpu);
            if (!gpu.isAvailable()) {
                break;
            }
            gpu = status(new Device(Device.Kind.CUDA, index));
            if (!gpu.isAvailable()) {
                break;
            }
        }
        devices.add(status(new Device(Device.Kind.COREML, 0)));
        return devices;
    }

    /**
     * Chooses the device that a policy leads to.
     *
     * @throws UnfogException with {@link ErrorCode#DEVICE_UNAVAILABLE} if the policy names one that is not there
     */
    public DeviceChoice choose(DevicePolicy policy) {
        if (policy.device().isPresent()) {
            Device device = policy.device().get();
            Optional<String> obstacle = status(device).obstacle();
            if (obstacle.isPresent()) {
                throw new UnfogException(
                        ErrorCode.DEVICE_UNAVAILABLE,
                        device.toString(),
                        obstacle.get(),
                        "or use --device auto or --device cpu");
            }
            return new DeviceChoice(device, Optional.empty());
        }
        boolean isMac = System.getProperty("os.name").startsWith("Mac");
        Device faster = new Device(isMac ? Device.Kind.COREML : Device.Kind.CUDA, 0);
        DeviceStatus status = status(faster);
        return status.isAvailable()
                ? new DeviceChoice(faster, Optional.empty())
                : new DeviceChoice(
                        Device.CPU,
                        status.obstacle().map(obstacle -> "running on cpu, not " + faster + ": " + obstacle));
    }

    /**
     * Returns whether one device can be used, and if not, why.
     *
     * @throws UnfogException if ONNX Runtime does not load at all
     */
    public DeviceStatus status(Device device) {
        return known.computeIfAbsent(device, Devices::probe);
    }

    private static DeviceStatus probe(Device device) {
        OrtEnvironment environment = OnnxEnvironment.get();
        Map<Device.Kind, OrtProvider> providers = new EnumMap<>(Map.of(
                Device.Kind.CPU, OrtProvider.CPU,
                Device.Kind.CUDA, OrtProvider.CUDA,
                Device.Kind.COREML, OrtProvider.CORE_ML));
        Set<OrtProvider> built = OrtEnvironment.getAvailableProviders();
        if (!built.contains(providers.get(device.kind()))) {
            String obstacle =
                    switch (device.kind()) {
                        case CUDA -> "this is the cpu build of Unfog; for NVIDIA GPUs install the gpu build";
                        case COREML -> "Core ML exists on macOS only";
                        case CPU -> "this ONNX Runtime was built without it";
                    };
            return new DeviceStatus(device, Optional.of(obstacle));
        }
        try (SessionOptions options = new SessionOptions()) {
            addProvider(options, device);
            environment.createSession(IDENTITY, options).close();
            return new DeviceStatus(device, Optional.empty());
        } catch (OrtException exception) {
            String reason = String.valueOf(exception.getMessage())
                    .lines()
                    .findFirst()
                    .orElse("")
                    .strip();
            return new DeviceStatus(device, Optional.of("it does not start (" + reason + "); check its driver"));
        }
    }

    /** Adds what runs on a device to the options; nothing for the processor, which always comes last. */
    static void addProvider(SessionOptions options, Device device) throws OrtException {
        switch (device.kind()) {
            case CPU -> {}
            case CUDA -> {
                try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.index())) {
                    // TF32 would cost three digits of the promised precision.
                    cuda.add("use_tf32", "0");
                    options.addCUDA(cuda);
                }
            }
            case COREML -> options.addCoreML();
        }
    }
}
