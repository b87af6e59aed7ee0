package dev.unfog.server.worker;

import dev.unfog.api.UnfogException;

/**
 * An error as it is stored and sent.
 *
 * @param code the error's code as people see it, such as {@code UnreadableMedia}
 * @param subject what it is about
 * @param problem what is wrong, as a clause
 * @param remedy what to do, as a clause
 */
public record Problem(String code, String subject, String problem, String remedy) {
    /** Returns an error as data. */
    public static Problem of(UnfogException error) {
        return new Problem(error.code().label(), error.subject(), error.problem(), error.remedy());
    }

    /** Returns the problem with every occurrence of a text replaced, such as a path that is nobody's business. */
    Problem replacing(String text, String by) {
        return new Problem(code, subject.replace(text, by), problem.replace(text, by), remedy.replace(text, by));
    }
}
