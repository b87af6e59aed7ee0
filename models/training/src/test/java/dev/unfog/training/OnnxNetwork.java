package dev.unfog.training;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** A network file opened in ONNX Runtime. */
final class OnnxNetwork implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxNetwork(Path file) throws OrtException {
        session = environment.createSession(file.toString());
    }

    String metadata(String key) throws OrtException {
        return session.getMetadata().getCustomMetadata().get(key);
    }

    float[] denoise(float[] x, long[] shape, float[] noise, long[] noiseShape) throws OrtException {
        try (OnnxTensor state = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
                OnnxTensor level = OnnxTensor.createTensor(environment, FloatBuffer.wrap(noise), noiseShape);
                OrtSession.Result result = session.run(Map.of("x", state, "noise", level))) {
            FloatBuffer values = ((OnnxTensor) result.get("denoised").orElseThrow()).getFloatBuffer();
            float[] denoised = new float[values.remaining()];
            values.get(denoised);
            return denoised;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
