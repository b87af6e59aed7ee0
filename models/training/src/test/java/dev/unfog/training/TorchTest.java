package dev.unfog.training;

import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test that computes with PyTorch; all that it allocates goes with it. */
public abstract class TorchTest {
    protected NDManager manager;

    @BeforeEach
    void start() {
        manager = TorchEngine.start();
    }

    @AfterEach
    void stop() {
        manager.close();
    }
}
