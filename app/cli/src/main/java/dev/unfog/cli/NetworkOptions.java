package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.job.RunSettings;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.onnx.DevicePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that has a plugin run a network. */
final class NetworkOptions {
    @Option(
            names = "--plugin",
            paramLabel = "NAME",
            order = 10,
            description = "Use this plugin where several could; may be given more than once.")
    List<String> plugins = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "NAME|FILE",
            order = 11,
            description =
                    "Use this score network instead of the plugin's own: a name from 'unfog models list' or a file.")
    @Nullable
    String model;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            order = 12,
            description = "Run networks on auto, cpu, cuda, cuda:N or coreml (default auto: the fastest there is).")
    String device = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            order = 13,
            description = "Use this many processor threads (default 0: all).")
    int threads;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            order = 14,
            description = "Seed of all randomness; the same seed gives the same result (default 0).")
    long seed;

    /**
     * Returns how a plugin is to be run.
     *
     * @param unfog the host, which is told the number of threads
     */
    RunSettings settings(Unfog unfog) {
        if (threads < 0) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, "--threads", "it is below 0", "give a number, or 0 for all processors");
        }
        unfog.optThreads(threads);
        return new RunSettings(Optional.ofNullable(model), DevicePolicy.parse(device), seed);
    }
}
