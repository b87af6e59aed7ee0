package dev.unfog.core.media;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The typed errors that reading and writing files can end in, worded alike everywhere. */
public final class FileProblems {
    private FileProblems() {}

    /** A file whose content is not sound. */
    public static UnfogException damaged(Path file, String problem) {
        return damaged(file, problem, null);
    }

    /** A file whose content is not sound, with what was caught. */
    public static UnfogException damaged(Path file, String problem, @Nullable Throwable cause) {
        return new UnfogException(
                ErrorCode.UNREADABLE_MEDIA,
                file.toString(),
                problem,
                "copy it again from its source, or open and save it in a program that repairs it",
                cause);
    }

    /** A file that ends before its content does. */
    public static UnfogException cutShort(Path file) {
        return cutShort(file, null);
    }

    /** A file that ends before its content does, with what was caught. */
    public static UnfogException cutShort(Path file, @Nullable Throwable cause) {
        return new UnfogException(
                ErrorCode.UNREADABLE_MEDIA,
                file.toString(),
                "the file is cut short: it holds less than its header promises",
                "copy or download it again",
                cause);
    }

    /** A sound file that nothing here handles. */
    public static UnfogException unsupported(Path file, String problem, String remedy) {
        return new UnfogException(ErrorCode.UNSUPPORTED_MEDIA, file.toString(), problem, remedy);
    }

    /** A file, or what it claims to hold, beyond a limit. */
    public static UnfogException tooLarge(Path file, String problem, String remedy) {
        return new UnfogException(ErrorCode.MEDIA_TOO_LARGE, file.toString(), problem, remedy);
    }

    /** What went wrong while a file was read. */
    public static UnfogException reading(Path file, IOException cause) {
        if (isInterruption(cause)) {
            return interrupted(file, cause);
        }
        if (cause instanceof EOFException) {
            return cutShort(file, cause);
        }
        if (cause instanceof NoSuchFileException) {
            return new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    file.toString(),
                    "there is no such file",
                    "check the path and its spelling",
                    cause);
        }
        if (cause instanceof AccessDeniedException) {
            return new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    file.toString(),
                    "reading it is not permitted",
                    "give yourself the right to read it",
                    cause);
        }
        return damaged(file, "it cannot be read (" + words(cause) + ")", cause);
    }

    /** What went wrong while a result was written. */
    public static UnfogException writing(Path file, IOException cause) {
        if (isInterruption(cause)) {
            return interrupted(file, cause);
        }
        if (isDiskFull(cause)) {
            return new UnfogException(
                    ErrorCode.DISK_FULL,
                    file.toString(),
                    "there is no room left to write it",
                    "free some space, or write to another disk",
                    cause);
        }
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE,
                file.toString(),
                "it cannot be written (" + words(cause) + ")",
                "choose a folder that you may write to",
                cause);
    }

    /** What went wrong with decoded data on its way to or from the folder for temporary data. */
    public static UnfogException scratch(Path directory, IOException cause) {
        if (isInterruption(cause)) {
            return interrupted(directory, cause);
        }
        if (isDiskFull(cause)) {
            return new UnfogException(
                    ErrorCode.DISK_FULL,
                    directory.toString(),
                    "there is no room left for temporary data",
                    "free some space, or choose another folder for temporary data",
                    cause);
        }
        return new UnfogException(
                ErrorCode.OUTPUT_NOT_WRITABLE,
                directory.toString(),
                "temporary data cannot be written or read there (" + words(cause) + ")",
                "choose another folder for temporary data",
                cause);
    }

    private static UnfogException interrupted(Path file, IOException cause) {
        return new UnfogException(
                ErrorCode.CANCELLED,
                file.toString(),
                "the work was interrupted",
                "start it again to have its result",
                cause);
    }

    private static boolean isInterruption(IOException cause) {
        return cause instanceof ClosedByInterruptException;
    }

    /** The JDK has no type for a full disk: the words are those of Linux, macOS and Windows. */
    private static boolean isDiskFull(IOException cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left")
                || message.contains("not enough space")
                || message.contains("disk quota exceeded")
                || message.contains("file too large");
    }

    private static String words(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (cause instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
