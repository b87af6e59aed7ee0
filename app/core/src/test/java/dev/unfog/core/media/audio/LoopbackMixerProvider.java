package dev.unfog.core.media.audio;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.spi.MixerProvider;

/** Tells Java Sound of the sound cards that tests make; there are none until a test adds one. */
public final class LoopbackMixerProvider extends MixerProvider {
    private static final List<LoopbackMixer> MIXERS = new CopyOnWriteArrayList<>();

    /** For Java Sound. */
    public LoopbackMixerProvider() {}

    static void add(LoopbackMixer mixer) {
        MIXERS.add(mixer);
    }

    static void remove(LoopbackMixer mixer) {
        MIXERS.remove(mixer);
    }

    @Override
    public Mixer.Info[] getMixerInfo() {
        return MIXERS.stream().map(LoopbackMixer::getMixerInfo).toArray(Mixer.Info[]::new);
    }

    @Override
    public Mixer getMixer(Mixer.Info info) {
        return MIXERS.stream()
                .filter(mixer -> mixer.getMixerInfo().equals(info))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such mixer: " + info));
    }
}
