package dev.unfog.core.job;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.core.media.ResultFiles;
import dev.unfog.core.media.ResultOptions;
import dev.unfog.core.media.audio.Loudspeaker;
import dev.unfog.core.media.audio.Microphone;
import dev.unfog.core.plugin.PluginExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cleans what a microphone records while it records, onto a loudspeaker, into a file, or both.
 *
 * <p>The loudspeaker begins with a margin of silence, which is how long a block may take; where it runs out of sound the margin is
 * given again, and where it has more than enough, as where its clock is slower than the microphone's, a block is left out: the lag
 * stays what it was said to be. A file misses nothing, and holds no lag: its first frame is the first that was heard. For one
 * thread.
 */
public final class LiveJob {
    /** How long the cleaning of a block may take, in seconds: what is left of 200 ms, played or not. */
    private static final double MARGIN_SECONDS = 0.04;

    private static final int MILLISECONDS = 1000;

    private final Unfog unfog;
    private final PluginExtension<LiveCleaner> cleaner;
    private final RunSettings settings;

    /**
     * How things stand.
     *
     * @param inputDecibels the level of the last block that was heard, below full scale
     * @param outputDecibels the level of what came out with it
     * @param blocks how many blocks there were
     * @param lateBlocks how many of them took longer than they may
     */
    public record Status(double inputDecibels, double outputDecibels, long blocks, long lateBlocks) {}

    /** Follows a job. */
    public interface Listener {
        /**
         * Says that everything is ready.
         *
         * @param blockSeconds how long a block is
         * @param latencySeconds from what is heard to the same cleaned, all together
         */
        void begun(double blockSeconds, double latencySeconds);

        /** Says how things stand, after each block. */
        void heard(Status status);
    }

    /**
     * What came of it.
     *
     * @param output the file, if there was to be one
     * @param plugin the plugin that cleaned
     * @param seconds how long was recorded
     * @param latencySeconds from what is heard to the same cleaned, all together
     * @param blocks how many blocks there were
     * @param lateBlocks how many of them took longer than they may
     * @param medianSeconds how long a block took, half of them at most
     * @param usualSeconds how long a block took, 99.9 % of them at most
     * @param slowestSeconds how long the slowest block took
     * @param gaps how often the loudspeaker ran out of sound
     * @param skips how often a block was left out, since the loudspeaker was behind
     * @param problem why it ended, if not because it was to
     */
    public record Result(
            Optional<Path> output,
            String plugin,
            double seconds,
            double latencySeconds,
            long blocks,
            long lateBlocks,
            double medianSeconds,
            double usualSeconds,
            double slowestSeconds,
            long gaps,
            long skips,
            Optional<UnfogException> problem) {}

    /**
     * Creates a job.
     *
     * @param unfog the host
     * @param cleaner what cleans
     * @param settings how it is run
     */
    public LiveJob(Unfog unfog, PluginExtension<LiveCleaner> cleaner, RunSettings settings) {
        this.unfog = unfog;
        this.cleaner = cleaner;
        this.settings = settings;
    }

    /**
     * Cleans until it is cancelled, the time is over or a device is gone; what was recorded by then is in the file.
     *
     * @param microphone where sound comes from; not closed
     * @param loudspeaker where it is played, or null; not closed
     * @param output the file that it becomes, or null
     * @param longest how many seconds at most
     * @param parameters values of the cleaner's parameters
     * @param listener told how things stand
     * @param cancellation asked after each block whether to go on; that is no error
     */
    public Result run(
            Microphone microphone,
            @Nullable Loudspeaker loudspeaker,
            @Nullable Path output,
            double longest,
            ParameterValues parameters,
            Listener listener,
            Cancellation cancellation) {
        AudioLayout layout = microphone.layout();
        try (TemporaryFolder temporary = TemporaryFolder.create();
                Recorder recorder = output == null ? null : new Recorder(output, layout, temporary.path())) {
            CallContext context = new CallContext(
                    unfog,
                    cleaner.pluginId(),
                    settings,
                    Progress.NONE,
                    Cancellation.NEVER,
                    temporary.subfolder("plugin"));
            try (LiveCleaner.Stream opened = cleaner.call(called -> called.open(layout, parameters, context))) {
                Course course = new Course(cleaner.part(opened), layout, loudspeaker, recorder);
                return course.run(microphone, longest, parameters, context, listener, cancellation);
            }
        }
    }

    /** A recording on its way into a file. */
    private static final class Recorder implements AutoCloseable {
        private final ResultFiles files;
        private final AudioSink sink;
        private long skip;

        Recorder(Path output, AudioLayout layout, Path temporaryDirectory) {
            files = new ResultFiles(output, null, ResultOptions.DEFAULT, temporaryDirectory);
            sink = files.audio(Outputs.MAIN, layout);
        }

        /** Writes frames, but for those that are to be left out at the beginning. */
        void write(float[][] planar, int frames) {
            int left = (int) Math.min(skip, frames);
            skip -= left;
            float[][] rest = planar;
            if (left > 0) {
                rest = new float[planar.length][frames - left];
                for (int channel = 0; channel < planar.length; channel++) {
                    System.arraycopy(planar[channel], left, rest[channel], 0, frames - left);
                }
            }
            sink.write(rest, frames - left);
        }

        @Override
        public void close() {
            files.close();
        }
    }

    /** One run. */
    private final class Course {
        private final PluginExtension<LiveCleaner.Stream> stream;
        private final AudioLayout layout;
        private final @Nullable Loudspeaker loudspeaker;
        private final @Nullable Recorder recorder;
        private final int blockFrames;
        private final int latencyFrames;
        private final double allowed;
        private final long[] durations = new long[2 * MILLISECONDS];
        private long blocks;
        private long late;
        private long gaps;
        private long skips;
        private double slowest;

        Course(
                PluginExtension<LiveCleaner.Stream> stream,
                AudioLayout layout,
                @Nullable Loudspeaker loudspeaker,
                @Nullable Recorder recorder) {
            this.stream = stream;
            this.layout = layout;
            this.loudspeaker = loudspeaker;
            this.recorder = recorder;
            blockFrames = stream.<Integer>call(LiveCleaner.Stream::blockFrames);
            latencyFrames = stream.<Integer>call(LiveCleaner.Stream::latencyFrames);
            double block = seconds(blockFrames);
            allowed = Math.min(block, MARGIN_SECONDS);
            if (recorder != null) {
                recorder.skip = latencyFrames;
            }
        }

        private double seconds(long frames) {
            return (double) frames / layout.sampleRate();
        }

        Result run(
                Microphone microphone,
                double longest,
                ParameterValues parameters,
                CallContext context,
                Listener listener,
                Cancellation cancellation) {
            double latency = seconds(blockFrames) + seconds(latencyFrames) + allowed;
            listener.begun(seconds(blockFrames), latency);
            float[][] planar = new float[layout.channels()][blockFrames];
            Optional<UnfogException> problem = Optional.empty();
            try {
                while (!cancellation.isCancelled() && seconds(blocks * blockFrames) < longest) {
                    microphone.read(planar, blockFrames);
                    double input = decibels(planar);
                    double took = clean(planar);
                    if (loudspeaker != null) {
                        play(loudspeaker, planar, took);
                    }
                    if (recorder != null) {
                        recorder.write(planar, blockFrames);
                    }
                    listener.heard(new Status(input, decibels(planar), blocks, late));
                }
            } catch (UnfogException e) {
                if (recorder == null || blocks == 0) {
                    throw e;
                }
                problem = Optional.of(e);
            }
            double recorded = seconds(blocks * blockFrames);
            Optional<Path> file = recorder == null || blocks == 0
                    ? Optional.empty()
                    : Optional.of(finish(recorder, parameters, context));
            return new Result(
                    file,
                    cleaner.pluginId(),
                    recorded,
                    latency,
                    blocks,
                    late,
                    quantile(0.5),
                    quantile(0.999),
                    slowest,
                    gaps,
                    skips,
                    problem);
        }

        private double clean(float[][] planar) {
            long began = System.nanoTime();
            stream.run(called -> called.process(planar));
            double took = (System.nanoTime() - began) / 1e9;
            blocks++;
            slowest = Math.max(slowest, took);
            durations[(int) Math.min(durations.length - 1, took * MILLISECONDS)]++;
            if (took > allowed) {
                late++;
            }
            return took;
        }

        private void play(Loudspeaker speaker, float[][] planar, double took) {
            int queued = speaker.queuedFrames();
            if (queued == 0) {
                gaps += blocks == 1 ? 0 : 1;
                speaker.writeSilence((int) (Math.max(0, MARGIN_SECONDS - took) * layout.sampleRate()));
            } else if (queued > MARGIN_SECONDS * layout.sampleRate() + 1.5 * blockFrames) {
                skips++;
                return;
            }
            speaker.write(planar, blockFrames);
        }

        /** Lets the cleaner say what it still holds back, and writes the file. */
        private Path finish(Recorder file, ParameterValues parameters, CallContext context) {
            float[][] silence = new float[layout.channels()][blockFrames];
            for (int left = latencyFrames; left > 0; left -= blockFrames) {
                for (float[] channel : silence) {
                    Arrays.fill(channel, 0);
                }
                stream.run(called -> called.process(silence));
                file.write(silence, Math.min(left, blockFrames));
            }
            Map<String, Object> provenance = new LinkedHashMap<>();
            provenance.put("unfog", Installation.VERSION);
            provenance.put("plugin", Map.of("id", cleaner.pluginId()));
            List<Map<String, Object>> networks = new ArrayList<>();
            context.networks()
                    .forEach(used ->
                            networks.add(Map.of("id", used.id(), "sha256", used.sha256(), "device", used.device())));
            provenance.put("networks", networks);
            provenance.put("parameters", parameters.asMap());
            provenance.put("seed", settings.seed());
            return file.files.commit(provenance).get(0);
        }

        /** The time within which a share of the blocks was cleaned, to a millisecond. */
        private double quantile(double share) {
            long wanted = (long) Math.ceil(share * blocks);
            long count = 0;
            for (int i = 0; i < durations.length; i++) {
                count += durations[i];
                if (count >= wanted) {
                    return Math.min(slowest, (i + 1.0) / MILLISECONDS);
                }
            }
            return slowest;
        }
    }

    private static double decibels(float[][] planar) {
        double power = 0;
        for (float[] channel : planar) {
            for (float value : channel) {
                power += (double) value * value;
            }
        }
        return 10 * Math.log10(Math.max(1e-12, power / ((double) planar.length * planar[0].length)));
    }
}
