package dev.unfog.plugins.speech;

import dev.unfog.api.Cancellation;
import dev.unfog.api.Progress;
import dev.unfog.api.media.Audio;
import dev.unfog.api.media.AudioLayout;
import dev.unfog.api.media.AudioSink;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.PictureSink;
import dev.unfog.api.media.Region;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.LiveCleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.api.train.ScoreTraining;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A host in memory with one network. */
final class TestRun implements PluginContext, Outputs {
    /** What stands for a network: the answer for one value from the values of its row within reach, zeros outside. */
    interface Answer {
        float denoised(float[] row, int at);
    }

    private final ScoreNetwork network;
    private final Cancellation cancellation;
    private float[][] result = {};
    private AudioLayout layout = new AudioLayout(1, 1, 0);
    final Map<String, float[]> pictures = new HashMap<>();
    int pictureWidth;
    int calls;

    TestRun(int reach, Answer answer) {
        this(reach, answer, Cancellation.NEVER);
    }

    TestRun(int reach, Answer answer, Cancellation cancellation) {
        network = new RowNetwork(reach, answer);
        this.cancellation = cancellation;
    }

    /** A host with a network that is the caller's to close. */
    TestRun(ScoreNetwork network) {
        this.network = new LentNetwork(network);
        cancellation = Cancellation.NEVER;
    }

    private record LentNetwork(ScoreNetwork network) implements ScoreNetwork {
        @Override
        public NetworkCard card() {
            return network.card();
        }

        @Override
        public Device device() {
            return network.device();
        }

        @Override
        public void denoise(Tensor x, Tensor noise, Tensor denoised) {
            network.denoise(x, noise, denoised);
        }

        @Override
        public void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised) {
            network.denoise(x, y, time, denoised);
        }

        @Override
        public void close() {
            // The caller does.
        }
    }

    /** What comes out of a stream for channels that go in, its lag taken off; as long as what went in, less the lag. */
    static float[][] live(TestRun run, int sampleRate, Map<String, String> parameters, float[]... channels) {
        LiveSpeechCleaner cleaner = new LiveSpeechCleaner();
        try (LiveCleaner.Stream stream = cleaner.open(
                new AudioLayout(sampleRate, channels.length, -1),
                ParameterValues.parse(cleaner.parameters(), parameters),
                run)) {
            int block = stream.blockFrames();
            int blocks = channels[0].length / block;
            int lag = stream.latencyFrames();
            float[][] result = new float[channels.length][blocks * block - lag];
            float[][] planar = new float[channels.length][block];
            for (int number = 0; number < blocks; number++) {
                for (int channel = 0; channel < channels.length; channel++) {
                    System.arraycopy(channels[channel], number * block, planar[channel], 0, block);
                }
                stream.process(planar);
                for (int i = 0; i < block; i++) {
                    int at = number * block + i - lag;
                    for (int channel = 0; channel < channels.length && at >= 0; channel++) {
                        result[channel][at] = planar[channel][i];
                    }
                }
            }
            return result;
        }
    }

    static float[][] clean(TestRun run, int sampleRate, Map<String, String> parameters, float[]... channels) {
        SpeechCleaner cleaner = new SpeechCleaner();
        cleaner.clean(
                new MemoryAudio(sampleRate, channels),
                run,
                ParameterValues.parse(cleaner.parameters(), parameters),
                run);
        return run.result;
    }

    static float[][] clean(TestRun run, int piece, SpeechSettings settings, int sampleRate, float[]... channels) {
        new SpeechCleaning(new MemoryAudio(sampleRate, channels), settings, run.network, run, piece).run(run, false);
        return run.result;
    }

    AudioLayout layout() {
        return layout;
    }

    /** The ratio of a signal's power to that of what another differs by, in dB. */
    static double ratio(float[] signal, float[] other) {
        double power = 0;
        double difference = 1e-30;
        for (int i = 0; i < signal.length; i++) {
            power += (double) signal[i] * signal[i];
            difference += Math.pow((double) signal[i] - other[i], 2);
        }
        return 10 * Math.log10(power / difference);
    }

    private final class RowNetwork implements ScoreNetwork {
        private final Answer answer;
        private final NetworkCard card;

        RowNetwork(int reach, Answer answer) {
            this.answer = answer;
            card = new NetworkCard(
                    "speech",
                    MediaKind.AUDIO,
                    NetworkCard.Conditioning.OBSERVATION,
                    new NetworkCard.Process("brownian-bridge", Map.of("g", 0.5, "t_eps", 0.01)),
                    512,
                    -10,
                    10,
                    16000,
                    reach,
                    1,
                    1,
                    "0".repeat(64));
        }

        @Override
        public NetworkCard card() {
            return card;
        }

        @Override
        public Device device() {
            return Device.CPU;
        }

        @Override
        public void denoise(Tensor x, Tensor noise, Tensor denoised) {
            throw new IllegalArgumentException("takes x, y and time");
        }

        @Override
        public void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised) {
            calls++;
            int spectra = (int) y.size(2);
            FloatBuffer in = y.data();
            FloatBuffer out = denoised.data();
            float[] row = new float[spectra];
            for (int i = 0; i < y.size(1); i++) {
                in.get(row);
                for (int at = 0; at < spectra; at++) {
                    out.put(answer.denoised(row, at));
                }
            }
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    private record MemoryAudio(int sampleRate, float[][] channels) implements Audio {
        @Override
        public AudioLayout layout() {
            return new AudioLayout(sampleRate, channels.length, channels[0].length);
        }

        @Override
        public int read(long start, float[][] planar, int frames) {
            int count = (int) Math.max(0, Math.min(frames, channels[0].length - start));
            for (int channel = 0; channel < channels.length && count > 0; channel++) {
                System.arraycopy(channels[channel], (int) start, planar[channel], 0, count);
            }
            return count;
        }

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @Override
    public ScoreNetwork openNetwork(String id) {
        return network;
    }

    @Override
    public ScoreNetwork openNetwork(Path file) {
        return network;
    }

    @Override
    public ScoreTraining training() {
        throw new IllegalArgumentException("nothing is trained here");
    }

    @Override
    public Media openMedia(Path file, MediaKind kind) {
        throw new IllegalArgumentException("no files here");
    }

    @Override
    public Progress progress() {
        return Progress.NONE;
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public long seed() {
        return 0;
    }

    @Override
    public Path temporaryDirectory() {
        throw new IllegalArgumentException("no files here");
    }

    @Override
    public PictureSink picture(String name, PictureLayout pictureLayout) {
        float[] values = new float[(int) pictureLayout.pixels() * 3];
        pictures.put(name, values);
        return new PictureSink() {
            @Override
            public PictureLayout layout() {
                return pictureLayout;
            }

            @Override
            public void write(Region region, float[] planar) {
                System.arraycopy(planar, 0, values, 0, values.length);
                pictureWidth = pictureLayout.width();
            }
        };
    }

    @Override
    public AudioSink audio(String name, AudioLayout wanted) {
        layout = wanted;
        result = new float[wanted.channels()][(int) wanted.frames()];
        return new AudioSink() {
            private int written;

            @Override
            public AudioLayout layout() {
                return wanted;
            }

            @Override
            public void write(float[][] planar, int frames) {
                for (int channel = 0; channel < result.length; channel++) {
                    System.arraycopy(planar[channel], 0, result[channel], written, frames);
                }
                written += frames;
            }
        };
    }

    @Override
    public Path file(String name, String extension) {
        throw new IllegalArgumentException("no files here");
    }

    @Override
    public void note(String name, Object value) {
        // Not looked at.
    }
}
