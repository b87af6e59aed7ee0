package dev.unfog.server.rest;

import dev.unfog.server.worker.Problem;

/** A request that is not carried out: a status and a problem to tell. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Problem problem;

    Refusal(int status, String code, String subject, String problem, String remedy) {
        super(code + ": " + subject + ": " + problem + "; " + remedy, null, false, false);
        this.status = status;
        this.problem = new Problem(code, subject, problem, remedy);
    }

    int status() {
        return status;
    }

    Problem problem() {
        return problem;
    }

    static Refusal unknownJob(String id) {
        return new Refusal(
                404, "JobNotFound", "job " + id, "there is no such job", "it may have expired; hand it in again");
    }
}
