package dev.unfog.server.job;

import dev.unfog.server.worker.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job: some files, what is done to them, and what has come of it. Immutable; each change makes another.
 *
 * @param id 26 letters and digits that cannot be guessed
 * @param created when it was handed in
 * @param verb {@code clean}, {@code fit} or {@code score}
 * @param plugin the plugin that the user chose; null to go by the kind of media
 * @param parameters the user's texts by parameter name; for a media file, the file's name for people
 * @param parameterFiles for parameters that are media files, their names in the job's input folder
 * @param seed the seed of all randomness
 * @param model for {@code score}, the job whose model is used
 * @param state how far it is
 * @param finished when it reached its final state; null before
 * @param files what it works on
 * @param results what it made so far
 * @param problem what kept the whole job from being done; null if nothing did
 */
public record Job(
        String id,
        Instant created,
        String verb,
        @Nullable String plugin,
        Map<String, String> parameters,
        Map<String, String> parameterFiles,
        long seed,
        @Nullable String model,
        JobState state,
        @Nullable Instant finished,
        List<JobFile> files,
        List<JobResult> results,
        @Nullable Problem problem) {

    /** Copies the lists, so that a job cannot change. */
    public Job {
        files = List.copyOf(files);
        results = List.copyOf(results);
    }

    private Job with(
            JobState changed,
            @Nullable Instant ended,
            List<JobFile> allFiles,
            List<JobResult> allResults,
            @Nullable Problem why) {
        return new Job(
                id,
                created,
                verb,
                plugin,
                parameters,
                parameterFiles,
                seed,
                model,
                changed,
                ended,
                allFiles,
                allResults,
                why);
    }

    /** Returns the job as it was handed in. */
    Job again() {
        return with(JobState.QUEUED, null, files.stream().map(JobFile::again).toList(), List.of(), null);
    }

    Job running() {
        return with(JobState.RUNNING, null, files, results, null);
    }

    Job with(int index, JobFile file, List<JobResult> added) {
        List<JobFile> changed = new ArrayList<>(files);
        changed.set(index, file);
        return with(state, finished, changed, joined(added), problem);
    }

    Job with(List<JobResult> added) {
        return with(state, finished, files, joined(added), problem);
    }

    private List<JobResult> joined(List<JobResult> added) {
        List<JobResult> all = new ArrayList<>(results);
        all.addAll(added);
        return all;
    }

    /** Returns the job at its end: its files that were not finished take its state and its problem. */
    Job ended(JobState end, @Nullable Problem why) {
        List<JobFile> closed = files.stream()
                .map(file -> {
                    if (file.state().isFinal()) {
                        return file;
                    }
                    return why != null && file.state() == JobState.RUNNING
                            ? file.failed(file.kind(), why)
                            : file.with(end == JobState.FAILED ? JobState.FAILED : JobState.CANCELLED);
                })
                .toList();
        return with(end, Instant.now(), closed, results, why);
    }

    /** Returns the state that follows from those of the files, once all are final. */
    JobState stateOfFiles() {
        long done = files.stream().filter(file -> file.state() == JobState.DONE).count();
        if (done == files.size()) {
            return JobState.DONE;
        }
        return done == 0 ? JobState.FAILED : JobState.PARTLY_DONE;
    }
}
