package dev.unfog.core.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.NetworkCard.Conditioning;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.api.score.Tensor;
import dev.unfog.core.model.InstalledModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A score network that ONNX Runtime runs, reading and writing the caller's direct buffers without a copy.
 *
 * <p>Shapes are checked before every call. Safe for use by many threads on tensors of their own.
 */
final class OnnxScoreNetwork implements ScoreNetwork {
    private final NetworkCard card;
    private final NetworkContract contract;
    private final SharedSession session;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    OnnxScoreNetwork(NetworkCard card, NetworkContract contract, SharedSession session) {
        this.card = card;
        this.contract = contract;
        this.session = session;
    }

    @Override
    public NetworkCard card() {
        return card;
    }

    @Override
    public Device device() {
        return session.device();
    }

    @Override
    public void denoise(Tensor x, Tensor noise, Tensor denoised) {
        contract.requireConditioning(Conditioning.NOISE);
        contract.requireState(x, denoised);
        contract.requireNoise(x, noise);
        run(denoised, new String[] {"x", "noise"}, x, noise);
    }

    @Override
    public void denoise(Tensor x, Tensor y, Tensor time, Tensor denoised) {
        contract.requireConditioning(Conditioning.OBSERVATION);
        contract.requireState(x, denoised);
        contract.requireObservation(x, y, time);
        run(denoised, new String[] {"x", "y", "time"}, x, y, time);
    }

    private void run(Tensor denoised, String[] names, Tensor... inputs) {
        if (isClosed.get() || !session.acquire()) {
            throw new IllegalStateException("The network " + card.id() + " is closed");
        }
        try {
            run(session.session(), denoised, names, inputs);
        } catch (OrtException exception) {
            if (OnnxEnvironment.isOutOfMemory(exception)) {
                throw OnnxEnvironment.outOfMemory("network " + card.id(), exception);
            }
            throw new UnfogException(
                    ErrorCode.INTERNAL,
                    "network " + card.id(),
                    "ONNX Runtime failed on " + session.device() + ": " + NetworkPool.firstLine(exception),
                    "try --device cpu, and report it with what --debug shows",
                    exception);
        } finally {
            session.release();
        }
    }

    private static void run(OrtSession session, Tensor denoised, String[] names, Tensor... inputs) throws OrtException {
        List<NativeTensor> natives = new ArrayList<>();
        try {
            Map<String, OnnxTensor> fed = new LinkedHashMap<>();
            for (int i = 0; i < names.length; i++) {
                NativeTensor input = new NativeTensor(inputs[i]);
                natives.add(input);
                fed.put(names[i], input.tensor);
            }
            NativeTensor output = new NativeTensor(denoised);
            natives.add(output);
            // A pinned output is written in place; the result then owns nothing.
            session.run(fed, Map.of("denoised", output.tensor)).close();
        } finally {
            natives.forEach(NativeTensor::close);
        }
    }

    /** Runs a network once on its smallest input, so that one that breaks the contract while running is refused too. */
    static void probe(InstalledModel model, NetworkContract contract, SharedSession session) throws OrtException {
        List<Tensor> inputs = contract.smallestInputs();
        Tensor denoised = Tensor.allocate(inputs.get(0).shape());
        String[] names = inputs.size() == 2 ? new String[] {"x", "noise"} : new String[] {"x", "y", "time"};
        try {
            run(session.session(), denoised, names, inputs.toArray(Tensor[]::new));
        } catch (OrtException exception) {
            if (OnnxEnvironment.isOutOfMemory(exception)) {
                throw exception;
            }
            boolean isShape =
                    NetworkPool.firstLine(exception).toLowerCase(Locale.ROOT).contains("shape");
            throw contract.broken(
                    (isShape ? "output \"denoised\" has not the shape of \"x\"" : "the network does not run") + " for "
                            + inputs.get(0) + " at the card's \"sizeMinimum\": " + NetworkPool.firstLine(exception));
        }
        FloatBuffer values = denoised.data();
        while (values.hasRemaining()) {
            if (!Float.isFinite(values.get())) {
                throw contract.broken("output \"denoised\" of " + model.id() + " is not finite for an input of zeros");
            }
        }
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            session.release();
        }
    }

    /** ONNX Runtime's view of a tensor's memory. */
    private static final class NativeTensor implements AutoCloseable {
        private final OnnxTensor tensor;

        NativeTensor(Tensor source) throws OrtException {
            tensor = OnnxTensor.createTensor(OnnxEnvironment.get(), source.data(), source.shape());
            OnnxEnvironment.opened();
        }

        @Override
        public void close() {
            tensor.close();
            OnnxEnvironment.closed();
        }
    }
}
