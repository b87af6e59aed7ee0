package dev.unfog.server.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the worker tells the server. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "report")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Report.Ready.class, name = "ready"),
    @JsonSubTypes.Type(value = Report.Beat.class, name = "beat"),
    @JsonSubTypes.Type(value = Report.AtWork.class, name = "at-work"),
    @JsonSubTypes.Type(value = Report.Progressed.class, name = "progress"),
    @JsonSubTypes.Type(value = Report.FileBegun.class, name = "begun"),
    @JsonSubTypes.Type(value = Report.FileDone.class, name = "done"),
    @JsonSubTypes.Type(value = Report.FileFailed.class, name = "failed"),
    @JsonSubTypes.Type(value = Report.Ended.class, name = "ended")
})
public sealed interface Report {
    /**
     * The worker can take orders.
     *
     * @param plugins what is installed
     * @param failures the plugins that do not load
     */
    record Ready(List<PluginDescription> plugins, List<Problem> failures) implements Report {}

    /** The worker is alive. Sent every second. */
    record Beat() implements Report {}

    /**
     * A plugin is called, be it to start; whatever becomes of the worker until another is, or another file is begun, is its doing.
     *
     * @param plugin its id
     */
    record AtWork(String plugin) implements Report {}

    /**
     * A file has come so far.
     *
     * @param job the job
     * @param file the file's index
     * @param fraction from 0 to 1; negative where it is not known
     * @param message what is being done
     */
    record Progressed(String job, int file, double fraction, String message) implements Report {}

    /** Work on a file has begun. */
    record FileBegun(String job, int file) implements Report {}

    /**
     * A file is done.
     *
     * @param job the job
     * @param file the file's index
     * @param kind what kind of media it holds
     * @param outputs names of the files in the output folder, the main one first
     * @param notes what the plugin noted
     * @param warnings what the user should know of
     * @param seconds how long it took
     */
    record FileDone(
            String job,
            int file,
            String kind,
            List<String> outputs,
            Map<String, Object> notes,
            List<String> warnings,
            double seconds)
            implements Report {}

    /**
     * A file failed; the job goes on.
     *
     * @param job the job
     * @param file the file's index
     * @param kind what kind of media it holds, if it could be told
     * @param problem why
     */
    record FileFailed(String job, int file, @Nullable String kind, Problem problem) implements Report {}

    /**
     * The job has ended and the worker is free.
     *
     * @param job the job
     * @param outputs names of further files in the output folder that belong to the job as a whole
     * @param problem what kept the whole job from being done; null if nothing did
     */
    record Ended(String job, List<String> outputs, @Nullable Problem problem) implements Report {}
}
