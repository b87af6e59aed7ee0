package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CleanBatchTest {
    private static final long GIBIBYTE = 1L << 30;

    @Test
    void asManyFilesAtOnceAsThereAreProcessorsAndMemoryHolds() {
        assertThat(CleanBatch.jobs(4, 16 * GIBIBYTE)).isEqualTo(4);
        assertThat(CleanBatch.jobs(16, 4 * GIBIBYTE)).isEqualTo(5);
        assertThat(CleanBatch.jobs(128, 1000 * GIBIBYTE)).isEqualTo(16);
        assertThat(CleanBatch.jobs(8, 0)).as("one always").isEqualTo(1);
    }

    @Test
    void memoryOfThisMachineCanBeTold() {
        assertThat(AvailableMemory.bytes()).isPositive();
        assertThat(CleanBatch.defaultJobs()).isPositive();
    }
}
