package dev.unfog.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The devices that networks can run on here, found out by loading a one-operator network on each.
 *
 * <p>{@code auto} takes the first NVIDIA GPU, or else the processor. It never takes Core ML, which computes in half
 * precision: whoever wants that names it. What was found out is remembered. Safe for use by many threads.
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

    private static final Pattern MISSING_LIBRARY =
            Pattern.compile("([\\w.-]+\\.so[\\w.]*): cannot open shared object file");

    private final Map<Device, DeviceStatus> known = new ConcurrentHashMap<>();

    /**
     * Returns what can be said of every device: the processor, the first NVIDIA GPUs, Core ML.
     *
     * @throws UnfogException if ONNX Runtime does not load at all
     */
    public List<DeviceStatus> list() {
        List<DeviceStatus> devices = new ArrayList<>();
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
        Device gpu = new Device(Device.Kind.CUDA, 0);
        DeviceStatus status = status(gpu);
        if (status.isAvailable()) {
            return new DeviceChoice(gpu, Optional.empty());
        }
        // Whoever has no such GPU need not be told so with every picture.
        boolean isWorthSaying = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA) || hasNvidiaDriver();
        return new DeviceChoice(
                Device.CPU,
                status.obstacle()
                        .filter(obstacle -> isWorthSaying)
                        .map(obstacle -> "running on cpu, not " + gpu + ": " + obstacle));
    }

    private static boolean hasNvidiaDriver() {
        Path windows = Path.of(Objects.requireNonNullElse(System.getenv("SystemRoot"), "C:\\Windows"));
        return Files.exists(Path.of("/proc/driver/nvidia/version"))
                || Files.exists(Path.of("/usr/lib/wsl/lib/libcuda.so.1"))
                || Files.exists(windows.resolve("System32").resolve("nvcuda.dll"));
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
        OrtProvider provider =
                switch (device.kind()) {
                    case CPU -> OrtProvider.CPU;
                    case CUDA -> OrtProvider.CUDA;
                    case COREML -> OrtProvider.CORE_ML;
                };
        if (!OrtEnvironment.getAvailableProviders().contains(provider)) {
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
            return new DeviceStatus(device, Optional.of(obstacle(String.valueOf(exception.getMessage()))));
        }
    }

    /** Says in a line what ONNX Runtime says in many words: mostly that a library of NVIDIA's is not there. */
    static String obstacle(String message) {
        Matcher library = MISSING_LIBRARY.matcher(message);
        if (library.find()) {
            return "the library " + library.group(1) + " is missing; install NVIDIA's CUDA and cuDNN";
        }
        String reason = message.lines().findFirst().orElse("").strip();
        return "it does not start (" + reason + "); check its driver";
    }

    /** Adds what runs on a device to the options; nothing for the processor, which always comes last. */
    static void addProvider(SessionOptions options, Device device) throws OrtException {
        switch (device.kind()) {
            case CPU -> {}
            case CUDA -> {
                try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.index())) {
                    // TF32 would cost three digits of the promised precision.
                    cuda.add("use_tf32", "0");
                    // The default times every algorithm for every new tile size, and so may choose another each time.
                    cuda.add("cudnn_conv_algo_search", "HEURISTIC");
                    // The default doubles its memory until it holds twice what the largest tile needs.
                    cuda.add("arena_extend_strategy", "kSameAsRequested");
                    options.addCUDA(cuda);
                }
            }
            case COREML -> options.addCoreML();
        }
    }
}
