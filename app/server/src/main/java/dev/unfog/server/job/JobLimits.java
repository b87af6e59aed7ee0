package dev.unfog.server.job;

import java.time.Duration;

/**
 * What keeps one user or one plugin from taking everything.
 *
 * @param uploadBytes how large all files of a job may be together
 * @param files how many files a job may have
 * @param queued how many jobs may wait or be at work
 * @param retention how long a finished job is kept
 * @param stall how long a plugin may work without saying how far it is
 * @param workerBytes how large the worker's heap may grow
 */
public record JobLimits(long uploadBytes, int files, int queued, Duration retention, Duration stall, long workerBytes) {
    /**
     * Two gibibytes and 1000 files a job, 500 jobs, a week, ten minutes, and as much memory as this Java itself may use.
     */
    public static final JobLimits DEFAULT = new JobLimits(
            2L << 30,
            1000,
            500,
            Duration.ofDays(7),
            Duration.ofMinutes(10),
            Runtime.getRuntime().maxMemory());
}
