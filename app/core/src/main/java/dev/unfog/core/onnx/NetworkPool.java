package dev.unfog.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.ScoreNetwork;
import dev.unfog.core.model.InstalledModel;
import dev.unfog.core.model.ModelStore;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The networks that are loaded: one session per file and device, shared by all who open it and kept for the next.
 *
 * <p>A session holds the network's weights once, however many have it open. It is closed when the pool is closed and
 * nobody has it open any more. Safe for use by many threads.
 */
public final class NetworkPool implements AutoCloseable {
    private final ModelStore store;
    private final Devices devices;
    private final int threads;
    private final Map<Key, SharedSession> sessions = new HashMap<>();
    private boolean isClosed;

    private record Key(String sha256, Device device) {}

    /**
     * Creates an empty pool; no native code is loaded before the first network is opened.
     *
     * @param store verifies each file before it is loaded
     * @param devices what there is to run on
     * @param threads how many threads one call of a network uses on the processor; 0 for as many as there are processors
     */
    public NetworkPool(ModelStore store, Devices devices, int threads) {
        this.store = store;
        this.devices = devices;
        this.threads = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /**
     * Opens a network, loading it if nobody has yet.
     *
     * @param model which one
     * @param policy where it should run
     * @return the network, which the caller closes
     * @throws UnfogException with {@link ErrorCode#MODEL_DAMAGED} if the file is not what its card says or cannot be parsed,
     *     {@link ErrorCode#CONTRACT_BROKEN} if the network does not satisfy the contract, {@link
     *     ErrorCode#DEVICE_UNAVAILABLE} if the device that the policy names is not there, {@link ErrorCode#OUT_OF_MEMORY}
     */
    public synchronized ScoreNetwork open(InstalledModel model, DevicePolicy policy) {
        if (isClosed) {
            throw new IllegalStateException("The pool is closed");
        }
        store.verify(model);
        Device device = devices.choose(policy).device();
        Key key = new Key(model.card().sha256(), device);
        SharedSession session = sessions.get(key);
        if (session == null || !session.acquire()) {
            session = load(model, device);
            sessions.put(key, session);
            session.acquire();
        }
        // Two cards may speak of one file: whoever opens it is held to the card that came with it.
        return open(model, session);
    }

    private static ScoreNetwork open(InstalledModel model, SharedSession session) {
        try {
            NetworkContract contract =
                    NetworkContract.check(model.network().toString(), model.card(), session.session());
            return new OnnxScoreNetwork(model.card(), contract, session);
        } catch (OrtException exception) {
            session.release();
            throw damaged(model, exception);
        } catch (RuntimeException exception) {
            session.release();
            throw exception;
        }
    }

    private SharedSession load(InstalledModel model, Device device) {
        OrtEnvironment environment = OnnxEnvironment.get();
        try (SessionOptions options = new SessionOptions()) {
            options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
            options.setDeterministicCompute(true);
            options.setIntraOpNumThreads(threads);
            // Threads that spin between operations win nothing here, where an operation takes milliseconds, and take
            // the
            // processor from codecs and samplers. The memory arena stays on: it holds what the largest tile needs,
            // about
            // 200 bytes a pixel for the photo network, and without it the peak is higher and every call slower.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            Devices.addProvider(options, device);
            SharedSession session =
                    new SharedSession(environment.createSession(model.network().toString(), options), device);
            boolean isSound = false;
            try {
                NetworkContract contract =
                        NetworkContract.check(model.network().toString(), model.card(), session.session());
                OnnxScoreNetwork.probe(model, contract, session);
                isSound = true;
                return session;
            } finally {
                if (!isSound) {
                    session.retire();
                }
            }
        } catch (OrtException exception) {
            throw damaged(model, exception);
        }
    }

    private static UnfogException damaged(InstalledModel model, OrtException exception) {
        if (OnnxEnvironment.isOutOfMemory(exception)) {
            return OnnxEnvironment.outOfMemory(model.network().toString(), exception);
        }
        String message = firstLine(exception);
        boolean isTooNew = message.contains("Opset") && message.contains("under development");
        return new UnfogException(
                isTooNew ? ErrorCode.CONTRACT_BROKEN : ErrorCode.MODEL_DAMAGED,
                model.network().toString(),
                isTooNew
                        ? "its operator set is newer than this ONNX Runtime knows"
                        : "ONNX Runtime cannot load it: " + message,
                isTooNew
                        ? "export it for operator set 17 (in PyTorch: opset_version=17)"
                        : "install the network again, or export it for operator set 17 (in PyTorch: opset_version=17)",
                exception);
    }

    static String firstLine(@Nullable Throwable thrown) {
        String message = thrown == null ? null : thrown.getMessage();
        return message == null ? "" : message.lines().findFirst().orElse("").strip();
    }

    /** Returns how many sessions are loaded. */
    public synchronized int loadedSessions() {
        return sessions.size();
    }

    /** Returns how many native objects all pools of this process hold: sessions and tensors. */
    public static int openNatives() {
        return OnnxEnvironment.open();
    }

    /** Closes the sessions; one that is still open closes with the last who has it open. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        isClosed = true;
        sessions.values().forEach(SharedSession::retire);
        sessions.clear();
    }
}
