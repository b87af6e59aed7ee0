package dev.unfog.core.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** ONNX Runtime itself, loaded by the first use; and the translation of its errors. */
final class OnnxEnvironment {
    private static final AtomicInteger OPEN = new AtomicInteger();

    private OnnxEnvironment() {}

    private static final class Holder {
        private static final OrtEnvironment ENVIRONMENT = create();

        private static OrtEnvironment create() {
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "unfog");
            try {
                // The launchers set ORT_DISABLE_TELEMETRY as well; this is for whoever embeds the host.
                environment.setTelemetry(false);
            } catch (OrtException exception) {
                throw new IllegalStateException(exception);
            }
            return environment;
        }
    }

    /**
     * Returns the environment, loading the natives if this is the first use.
     *
     * @throws UnfogException if they do not load on this machine
     */
    static OrtEnvironment get() {
        try {
            return Holder.ENVIRONMENT;
        } catch (LinkageError | RuntimeException exception) {
            Throwable cause = exception;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new UnfogException(
                    ErrorCode.DEVICE_UNAVAILABLE,
                    "ONNX Runtime",
                    "its native library does not load here: " + cause.getMessage(),
                    "use a 64-bit Java on Linux (glibc 2.28 or newer), Windows or macOS, with a temporary folder that "
                            + "allows execution (-Djava.io.tmpdir)",
                    exception);
        }
    }

    static void opened() {
        OPEN.incrementAndGet();
    }

    static void closed() {
        OPEN.decrementAndGet();
    }

    /** How many native objects this package holds. */
    static int open() {
        return OPEN.get();
    }

    static boolean isOutOfMemory(OrtException exception) {
        String message = String.valueOf(exception.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("out of memory")
                || message.contains("failed to allocate")
                || message.contains("bad_alloc")
                || message.contains("bad allocation")
                || message.contains("available memory of");
    }

    static UnfogException outOfMemory(String subject, OrtException exception) {
        return new UnfogException(
                ErrorCode.OUT_OF_MEMORY,
                subject,
                "there is not enough memory to run it",
                "use smaller tiles, or close other programs, or choose another --device",
                exception);
    }
}
