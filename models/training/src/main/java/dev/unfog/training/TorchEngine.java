package dev.unfog.training;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * The one place that starts PyTorch: loads its natives once per process, on the CPU.
 *
 * <p>Threads: {@link #start} may be called from any thread; the autograd mode and the number of threads belong to a
 * thread, so every thread that computes calls {@link #useOneThread} first.
 */
public final class TorchEngine {
    private TorchEngine() {}

    /** Loads PyTorch if that has not happened yet, and returns the manager that owns everything a training run allocates. */
    public static synchronized NDManager start() {
        // DJL reports its start to a web address when it finds itself on a cloud machine, and may look for natives
        // online.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        // DJL looks for its engine and its natives with the thread's class loader; the host loads this module with
        // another.
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        thread.setContextClassLoader(TorchEngine.class.getClassLoader());
        try {
            Engine engine = Engine.getEngine("PyTorch");
            useOneThread();
            return NDManager.newBaseManager(Device.cpu(), engine.getEngineName());
        } finally {
            thread.setContextClassLoader(loader);
        }
    }

    /**
     * Makes PyTorch work on the calling thread alone, without recording for autograd.
     *
     * <p>The workers of a trainer are its parallelism: PyTorch's own threads wait for each other, spinning, after every
     * operation, which a busy machine pays for several times over.
     */
    public static void useOneThread() {
        JniUtils.setNumThreads(1);
        withoutGradients();
    }

    /** Switches recording for autograd off on this thread; {@link ScoreTrainer} switches it on while it differentiates. */
    static void withoutGradients() {
        JniUtils.setGradMode(false);
    }
}
