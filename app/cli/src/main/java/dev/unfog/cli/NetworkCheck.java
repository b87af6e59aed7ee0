package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.onnx.DevicePolicy;
import java.nio.file.Path;
import java.util.Locale;

/** What a network of the user's making has to stand before it is taken in. */
final class NetworkCheck {
    /** What is left of a picture that has no noise must not be further from it than this share of the range. */
    private static final double LARGEST_CHANGE = 0.4;

    private final Session session;

    NetworkCheck(Session session) {
        this.session = session;
    }

    /**
     * Returns the network in a file or folder; warns if it seems to answer something else than the clean data.
     *
     * @throws UnfogException with what is wrong or missing
     */
    InstalledModel check(Path file) {
        InstalledModel model = session.unfog().models().at(file);
        // Opening it holds it against the contract.
        try (ScoreNetwork network = session.unfog().openNetwork(model, DevicePolicy.parse("cpu"))) {
            NetworkCard card = network.card();
            boolean isOfPictures =
                    card.kind().equals(MediaKind.PICTURE) && card.conditioning() == NetworkCard.Conditioning.NOISE;
            if (isOfPictures && card.process().constants().containsKey("sigma_min")) {
                requireDenoised(file, network);
            }
        }
        return model;
    }

    /** A common mistake, which no shape betrays: a network that answers the noise, or the score, answers almost 0 here. */
    private void requireDenoised(Path file, ScoreNetwork network) {
        NetworkCard card = network.card();
        int size = (card.sizeMinimum() + card.sizeMultiple() - 1) / card.sizeMultiple() * card.sizeMultiple();
        float range = card.rangeMaximum() - card.rangeMinimum();
        float grey = card.rangeMinimum() + 0.75f * range;
        Tensor x = Tensor.allocate(1, card.channels(), size, size);
        for (int i = 0; i < x.count(); i++) {
            x.data().put(i, grey);
        }
        float level = (float) card.process().constant("sigma_min");
        Tensor denoised = Tensor.allocate(1, card.channels(), size, size);
        network.denoise(x, Tensor.of(new float[] {level}, 1, 1, 1, 1), denoised);
        double sum = 0;
        for (int i = 0; i < denoised.count(); i++) {
            sum += denoised.data().get(i);
        }
        double mean = sum / denoised.count();
        if (Math.abs(mean - grey) > LARGEST_CHANGE * range) {
            new ErrorReport(session)
                    .warn(new UnfogException(
                            ErrorCode.CONTRACT_BROKEN,
                            file.toString(),
                            String.format(
                                    Locale.ROOT,
                                    "it answers %.2f where the picture is %.2f and has almost no noise, so that it may answer the noise "
                                            + "or the score",
                                    mean,
                                    grey),
                            "have it answer the clean data: denoised = x - noise * (its estimate of the unit noise)"));
        }
    }
}
