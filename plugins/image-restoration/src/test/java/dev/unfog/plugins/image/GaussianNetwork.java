package dev.unfog.plugins.image;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import java.util.Map;

/** The exact denoiser of pictures whose values are independent and normal with mean ½ and the given variance. */
record GaussianNetwork(double variance) implements ScoreNetwork {
    @Override
    public NetworkCard card() {
        return new NetworkCard(
                "photo",
                MediaKind.PICTURE,
                NetworkCard.Conditioning.NOISE,
                new NetworkCard.Process("variance-exploding", Map.of("sigma_min", 0.002, "sigma_max", 1.0)),
                3,
                0,
                1,
                0,
                0,
                1,
                1,
                "0".repeat(64));
    }

    @Override
    public Device device() {
        return Device.CPU;
    }

    @Override
    public void denoise(Tensor x, Tensor noise, Tensor denoised) {
        float[] values = x.toArray();
        float[] levels = noise.toArray();
        int pixels = (int) (x.size(2) * x.size(3));
        for (int i = 0; i < values.length; i++) {
            double level = levels[levels.length == 1 ? 0 : i % pixels];
            values[i] = (float) (0.5 + variance / (variance + level * level) * (values[i] - 0.5));
        }
        denoised.data().put(0, values);
    }

    @Override
    public void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised) {
        throw new IllegalArgumentException("This network takes a noise level");
    }

    @Override
    public void close() {}
}
