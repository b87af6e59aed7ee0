package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.core.job.LiveJob;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.audio.Loudspeaker;
import dev.unfog.core.media.audio.Microphone;
import dev.unfog.core.media.audio.SoundDevice;
import dev.unfog.core.media.audio.SoundDevices;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unfog live}. */
@Command(
        name = "live",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Clean what the microphone hears while it hears it.",
        description = {
            "%nWhat is cleaned goes to the loudspeaker, or with --output into a file; with --output and --speaker to both. "
                    + "Ctrl-C ends; the file is then whole, and its first moment is the first that was heard. Latency is the "
                    + "time from what is heard to the same cleaned, what the sound card itself adds left out. To have other "
                    + "programs hear what is cleaned, play it to a virtual device and choose that as their microphone. "
                    + "Where microphone and loudspeaker are in one room, use headphones."
        },
        customSynopsis = {"unfog live [OPTIONS]", "unfog live --list-devices"},
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog live                                microphone to loudspeaker",
            "  unfog live --output talk.wav              into a file, until Ctrl-C",
            "  unfog live --input USB --speaker Headset  parts of a device's name will do",
            "  unfog live --output talk.wav --seconds 60 --json",
        })
final class LiveCommand implements Callable<Integer> {
    private final Session session;
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Option(names = "--list-devices", order = 1, description = "Show the microphones and loudspeakers that there are.")
    private boolean listDevices;

    @Option(
            names = "--input",
            paramLabel = "NAME",
            order = 2,
            description = "The microphone: its name or a part of it (default: the system's own choice).")
    private @Nullable String input;

    @Option(
            names = "--speaker",
            paramLabel = "NAME",
            order = 3,
            description = "The loudspeaker: its name or a part of it (default: the system's own choice).")
    private @Nullable String speaker;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            order = 4,
            description = "Write a file; nothing is played then unless --speaker says so.")
    private @Nullable Path output;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            order = 5,
            description = "Sample rate (default: 48000, or what the microphone does).")
    private @Nullable Integer rate;

    @Option(
            names = "--channels",
            paramLabel = "N",
            defaultValue = "1",
            order = 6,
            description = "How many channels to record (default 1).")
    private int channels;

    @Option(names = "--seconds", paramLabel = "N", order = 7, description = "End by itself after this time.")
    private @Nullable Double seconds;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    LiveCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            flags = OperationFlags.declared(session, LiveCleaner.class, parameter -> true);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    @Override
    public Integer call() {
        if (listDevices) {
            return list();
        }
        check(seconds == null || seconds > 0, "--seconds", "it is not above 0", "give a number above 0");
        check(channels >= 1 && channels <= 64, "--channels", channels + " is not in 1..64", "give 1 or 2");
        check(
                rate == null || rate >= 8000 && rate <= 192_000,
                "--rate",
                rate + " is not in 8000..192000",
                "give 48000");
        Unfog unfog = session.unfog();
        ErrorReport errors = new ErrorReport(session);
        unfog.plugins().failures().forEach(errors::warn);
        PluginExtension<LiveCleaner> cleaner =
                unfog.liveCleaners(network.plugins).of(MediaKind.AUDIO);
        Map<String, String> texts = flags.textsOf(spec.commandLine().getParseResult(), cleaner.pluginId());
        ParameterValues parameters = ParameterValues.parse(cleaner.call(called -> called.parameters()), texts);
        LiveJob job = new LiveJob(unfog, cleaner, network.settings(unfog));
        LiveJob.Result result;
        try (Microphone microphone =
                        SoundDevices.microphone(Optional.ofNullable(input), Optional.ofNullable(rate), channels);
                Loudspeaker loudspeaker = output != null && speaker == null
                        ? null
                        : SoundDevices.loudspeaker(Optional.ofNullable(speaker), microphone.layout());
                LevelMeter meter = new LevelMeter(session.terminal(), names(microphone, loudspeaker))) {
            result = job.run(
                    microphone,
                    loudspeaker,
                    output,
                    seconds == null ? Double.POSITIVE_INFINITY : seconds,
                    parameters,
                    meter,
                    session.cancellation());
        }
        result.problem().ifPresent(errors::print);
        tell(result);
        return result.problem().isPresent() ? ExitCode.PARTLY_DONE : ExitCode.DONE;
    }

    private static void check(boolean isRight, String option, String problem, String remedy) {
        if (!isRight) {
            throw new UnfogException(ErrorCode.BAD_PARAMETER, option, problem, remedy);
        }
    }

    private String names(Microphone microphone, @Nullable Loudspeaker loudspeaker) {
        List<String> targets = new ArrayList<>();
        if (loudspeaker != null) {
            targets.add(loudspeaker.name());
        }
        if (output != null) {
            targets.add(output.toString());
        }
        return microphone.name() + " at " + microphone.layout().sampleRate() + " Hz to "
                + String.join(" and ", targets);
    }

    private int list() {
        List<SoundDevice> devices = SoundDevices.list();
        if (common.json) {
            List<Map<String, Object>> objects = new ArrayList<>();
            for (SoundDevice device : devices) {
                Map<String, Object> object = new LinkedHashMap<>();
                object.put("name", device.name());
                object.put("description", device.description());
                object.put("records", device.records());
                object.put("plays", device.plays());
                objects.add(object);
            }
            session.terminal().out().println(Json.write(Map.of("devices", objects)));
            return ExitCode.DONE;
        }
        if (devices.isEmpty()) {
            session.terminal().err().println("unfog: there is no sound card here");
        }
        for (SoundDevice device : devices) {
            String does = (device.records() ? "records" : "")
                    + (device.records() && device.plays() ? ", " : "")
                    + (device.plays() ? "plays" : "");
            session.terminal()
                    .out()
                    .println(String.format(Locale.ROOT, "%-14s %s (%s)", does, device.name(), device.description()));
        }
        return ExitCode.DONE;
    }

    private void tell(LiveJob.Result result) {
        if (common.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("output", result.output().map(Path::toString).orElse(null));
            object.put("plugin", result.plugin());
            object.put("seconds", result.seconds());
            object.put("latency_s", result.latencySeconds());
            object.put("blocks", result.blocks());
            object.put("late_blocks", result.lateBlocks());
            object.put("block_median_s", result.medianSeconds());
            object.put("block_999_s", result.usualSeconds());
            object.put("block_slowest_s", result.slowestSeconds());
            object.put("gaps", result.gaps());
            object.put("skips", result.skips());
            session.terminal().out().println(Json.write(object));
            return;
        }
        session.terminal()
                .err()
                .println(String.format(
                        Locale.ROOT,
                        "unfog: %s recorded; a block took %.0f ms, 99.9 %% of them up to %.0f ms; %d of %d late%s",
                        ProgressLine.duration(result.seconds()),
                        1000 * result.medianSeconds(),
                        1000 * result.usualSeconds(),
                        result.lateBlocks(),
                        result.blocks(),
                        result.gaps() + result.skips() == 0
                                ? ""
                                : ", " + result.gaps() + " gaps, " + result.skips() + " left out"));
        result.output().ifPresent(file -> session.terminal().out().println(file));
    }
}
