package dev.unfog.core.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.api.score.NetworkCard.Conditioning;
import dev.unfog.api.score.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The score-network contract, held against a graph when it is loaded and against the shapes of every call.
 *
 * <p>Float32 throughout. {@code x [N, C, ...]} with {@code noise [N, 1 or C, 1 or ...]} (or 1 for all N, where the graph
 * broadcasts it), or with {@code y [N, C', ...]} and {@code
 * time [N]}; the output is {@code denoised}, of the shape of {@code x}. N and all sizes after the second are dynamic.
 */
final class NetworkContract {
    private static final String DYNAMIC =
            "export it with dynamic sizes (in PyTorch: dynamic_axes={\"x\": {0: \"N\", 2: \"H\", 3: \"W\"}, "
                    + "\"noise\": {0: \"n\", 1: \"c\", 2: \"h\", 3: \"w\"}, …}, and noise is expanded inside the graph)";
    private static final String FLOATS =
            "export it with float32 inputs and outputs; whatever it computes in, it casts inside the graph";
    private static final String RESHAPE =
            "reshape inside the graph; outside x is [N, C, …], noise [N, 1 or C, 1 or …], and time [N]";

    private final String subject;
    private final NetworkCard card;
    private final int rank;
    private final long observationChannels;

    private NetworkContract(String subject, NetworkCard card, int rank, long observationChannels) {
        this.subject = subject;
        this.card = card;
        this.rank = rank;
        this.observationChannels = observationChannels;
    }

    /**
     * Checks a graph.
     *
     * @param subject what an error names
     * @throws UnfogException with {@link ErrorCode#CONTRACT_BROKEN}, naming the input, output or field that is wrong
     */
    static NetworkContract check(String subject, NetworkCard card, OrtSession session) throws OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        boolean isNoise = card.conditioning() == Conditioning.NOISE;
        List<String> expected = inputs(card.conditioning());
        for (String name : expected) {
            if (!inputs.containsKey(name)) {
                throw broken(
                        subject,
                        "the network has no input \"" + name + "\"; it has " + inputs.keySet(),
                        naming(card.conditioning()));
            }
        }
        for (String name : inputs.keySet()) {
            if (!expected.contains(name)) {
                throw broken(
                        subject,
                        "the network has an input \"" + name + "\" that the contract does not know",
                        "export it with the inputs " + String.join(", ", expected)
                                + " alone, whatever else it needs a constant");
            }
        }
        long[] x = shape(subject, "input \"x\"", inputs.get("x"));
        requireShape(subject, "input \"x\"", x, x.length, card.channels());
        if (card.kind().equals(MediaKind.PICTURE) && x.length != 4) {
            throw broken(
                    subject, "input \"x\" has " + x.length + " dimensions, and a picture has 4: [N, C, H, W]", RESHAPE);
        }
        long observationChannels = 0;
        if (isNoise) {
            long[] noise = shape(subject, "input \"noise\"", inputs.get("noise"));
            boolean isOneChannel = card.channels() == 1 && noise.length > 1 && noise[1] == 1;
            requireShape(subject, "input \"noise\"", noise, x.length, isOneChannel ? 1 : -1);
        } else {
            long[] y = shape(subject, "input \"y\"", inputs.get("y"));
            observationChannels = y.length > 1 ? y[1] : 0;
            if (observationChannels < 1) {
                throw broken(
                        subject,
                        "input \"y\" has no fixed number of channels",
                        "export it with a fixed size of the second dimension of y");
            }
            requireShape(subject, "input \"y\"", y, x.length, observationChannels);
            long[] time = shape(subject, "input \"time\"", inputs.get("time"));
            if (time.length != 1 || time[0] != -1) {
                throw broken(subject, "input \"time\" is " + describe(time) + ", and should be [N]", RESHAPE);
            }
        }
        NodeInfo output = session.getOutputInfo().get("denoised");
        if (output == null) {
            throw broken(
                    subject,
                    "the network has no output \"denoised\"; it has "
                            + session.getOutputInfo().keySet(),
                    naming(card.conditioning()));
        }
        requireShape(
                subject,
                "output \"denoised\"",
                shape(subject, "output \"denoised\"", output),
                x.length,
                card.channels());
        return new NetworkContract(subject, card, x.length, observationChannels);
    }

    private static List<String> inputs(Conditioning conditioning) {
        return conditioning == Conditioning.NOISE ? List.of("x", "noise") : List.of("x", "y", "time");
    }

    private static String naming(Conditioning conditioning) {
        return "export it with the inputs " + String.join(", ", inputs(conditioning))
                + " and the output denoised (in PyTorch: input_names, output_names)";
    }

    private static long[] shape(String subject, String what, NodeInfo node) {
        if (!(node.getInfo() instanceof TensorInfo tensor)) {
            throw broken(subject, what + " is no tensor", "export it with tensors alone");
        }
        if (tensor.type != OnnxJavaType.FLOAT) {
            throw broken(subject, what + " is " + tensor.type + ", and should be float32", FLOATS);
        }
        return tensor.getShape();
    }

    private static void requireShape(String subject, String what, long[] shape, int rank, long channels) {
        if (shape.length < 2 || shape.length != rank) {
            throw broken(
                    subject,
                    what + " has " + shape.length + " dimensions, and should have " + Math.max(2, rank),
                    RESHAPE);
        }
        String is = what + " is " + describe(shape) + ": ";
        if (shape[0] != -1) {
            throw broken(subject, is + "its batch size is fixed, and should be dynamic", DYNAMIC);
        }
        if (shape[1] != channels) {
            if (channels == -1) {
                throw broken(subject, is + "it should have a dynamic number of channels", DYNAMIC);
            }
            boolean isLast = rank > 2 && shape[1] == -1 && shape[rank - 1] == channels;
            throw broken(
                    subject,
                    is
                            + (isLast
                                    ? "its channels come last, and should come second"
                                    : "it should have the card's " + channels + " channels"),
                    isLast
                            ? "transpose inside the graph"
                            : "correct \"channels\" on the card, or export it for as many");
        }
        for (int dimension = 2; dimension < rank; dimension++) {
            if (shape[dimension] != -1) {
                throw broken(subject, is + "its sizes are fixed, and should be dynamic", DYNAMIC);
            }
        }
    }

    private static String describe(long[] shape) {
        return Arrays.toString(shape).replace("-1", "?");
    }

    private static UnfogException broken(String subject, String problem, String remedy) {
        return new UnfogException(ErrorCode.CONTRACT_BROKEN, subject, problem, remedy);
    }

    UnfogException broken(String problem) {
        return broken(subject, problem, "export it as the score-network contract says");
    }

    /** The smallest inputs that satisfy the contract, in its order, a batch of two. */
    List<Tensor> smallestInputs() {
        long[] shape = new long[rank];
        int multiple = card.sizeMultiple();
        Arrays.fill(shape, (long) (card.sizeMinimum() + multiple - 1) / multiple * multiple);
        shape[0] = 2;
        shape[1] = card.channels();
        Tensor x = Tensor.allocate(shape);
        if (card.conditioning() == Conditioning.NOISE) {
            long[] noiseShape = new long[rank];
            Arrays.fill(noiseShape, 1);
            noiseShape[0] = 2;
            Tensor noise = Tensor.allocate(noiseShape);
            noise.data().put(1).put(1);
            return List.of(x, noise);
        }
        shape[1] = observationChannels;
        return List.of(x, Tensor.allocate(shape), Tensor.of(new float[] {0.5f, 0.5f}, 2));
    }

    void requireConditioning(Conditioning conditioning) {
        if (card.conditioning() != conditioning) {
            throw new IllegalArgumentException("The network " + card.id() + " takes "
                    + (card.conditioning() == Conditioning.NOISE ? "x and noise" : "x, y and time"));
        }
    }

    void requireState(Tensor x, Tensor denoised) {
        long[] shape = x.shape();
        if (shape.length != rank || shape[1] != card.channels()) {
            throw new IllegalArgumentException("x is " + Arrays.toString(shape) + "; the network " + card.id()
                    + " takes " + rank + " dimensions and " + card.channels() + " channels");
        }
        requireSizes("x", shape);
        if (!Arrays.equals(shape, denoised.shape())) {
            throw new IllegalArgumentException(
                    "denoised is " + Arrays.toString(denoised.shape()) + ", and x is " + Arrays.toString(shape));
        }
    }

    private void requireSizes(String name, long[] shape) {
        for (int dimension = 2; dimension < rank; dimension++) {
            if (shape[dimension] < card.sizeMinimum() || shape[dimension] % card.sizeMultiple() != 0) {
                throw new IllegalArgumentException(name + " is " + Arrays.toString(shape) + "; the network " + card.id()
                        + " takes sizes of at least " + card.sizeMinimum() + " that are multiples of "
                        + card.sizeMultiple());
            }
        }
    }

    void requireNoise(Tensor x, Tensor noise) {
        long[] shape = noise.shape();
        boolean fits = shape.length == rank && (shape[0] == x.size(0) || shape[0] == 1);
        if (fits) {
            fits = shape[1] == 1 || shape[1] == card.channels();
            for (int dimension = 2; dimension < rank; dimension++) {
                fits &= shape[dimension] == 1 || shape[dimension] == x.size(dimension);
            }
        }
        if (!fits) {
            throw new IllegalArgumentException("noise is " + Arrays.toString(shape) + ", which does not fit x "
                    + Arrays.toString(x.shape()) + ": it is [N or 1, 1 or C, 1 or ...]");
        }
    }

    void requireObservation(Tensor x, Tensor y, Tensor time) {
        long[] expected = x.shape();
        expected[1] = observationChannels;
        if (!Arrays.equals(expected, y.shape())) {
            throw new IllegalArgumentException(
                    "y is " + Arrays.toString(y.shape()) + ", and should be " + Arrays.toString(expected));
        }
        if (time.rank() != 1 || time.size(0) != x.size(0)) {
            throw new IllegalArgumentException(
                    "time is " + Arrays.toString(time.shape()) + ", and should be [" + x.size(0) + "]");
        }
    }
}
