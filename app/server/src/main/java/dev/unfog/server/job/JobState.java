package dev.unfog.server.job;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far a job or one of its files is. */
public enum JobState {
    /** It waits for its turn. */
    @JsonProperty("queued")
    QUEUED,
    /** It is being worked on. */
    @JsonProperty("running")
    RUNNING,
    /** All of it is done. */
    @JsonProperty("done")
    DONE,
    /** Some of its files are done, others failed. */
    @JsonProperty("partly-done")
    PARTLY_DONE,
    /** Nothing came of it. */
    @JsonProperty("failed")
    FAILED,
    /** The user no longer wanted it. */
    @JsonProperty("cancelled")
    CANCELLED;

    /** Returns whether nothing will change any more. */
    public boolean isFinal() {
        return this != QUEUED && this != RUNNING;
    }
}
