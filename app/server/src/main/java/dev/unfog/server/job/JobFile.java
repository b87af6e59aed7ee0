package dev.unfog.server.job;

import dev.unfog.server.worker.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file that a job works on.
 *
 * @param name what the user calls it; only ever shown, never a path
 * @param stored its name in the job's input folder
 * @param bytes its size
 * @param kind what kind of media it holds, once that is known
 * @param state how far it is
 * @param seconds how long it took; 0 until it is done
 * @param notes what the plugin noted
 * @param warnings what the user should know of
 * @param problem why it failed, if it did
 */
public record JobFile(
        String name,
        String stored,
        long bytes,
        @Nullable String kind,
        JobState state,
        double seconds,
        Map<String, Object> notes,
        List<String> warnings,
        @Nullable Problem problem) {

    /** Returns a file that waits. */
    public static JobFile waiting(String name, String stored, long bytes) {
        return new JobFile(name, stored, bytes, null, JobState.QUEUED, 0, Map.of(), List.of(), null);
    }

    JobFile again() {
        return waiting(name, stored, bytes);
    }

    JobFile with(JobState changed) {
        return new JobFile(name, stored, bytes, kind, changed, seconds, notes, warnings, problem);
    }

    JobFile done(String found, double took, Map<String, Object> noted, List<String> warned) {
        return new JobFile(name, stored, bytes, found, JobState.DONE, took, noted, warned, null);
    }

    JobFile failed(@Nullable String found, Problem why) {
        return new JobFile(name, stored, bytes, found, JobState.FAILED, seconds, notes, warnings, why);
    }
}
