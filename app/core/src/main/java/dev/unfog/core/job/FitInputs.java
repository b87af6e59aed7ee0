package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The samples that a model is fitted to, or that it scores: files of one kind.
 *
 * @param files in the order in which they were named, a folder's in the order of their names
 * @param kind of all of them
 */
public record FitInputs(List<Path> files, MediaKind kind) {
    private static final List<MediaKind> KINDS = List.of(MediaKind.ROWS, MediaKind.PICTURE, MediaKind.AUDIO);

    /**
     * Finds the files.
     *
     * @param named files and folders
     * @throws UnfogException if there are none, or they are of several kinds
     */
    public static FitInputs of(Unfog unfog, List<Path> named) {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                files.addAll(filesIn(unfog, path));
            } else {
                files.add(path);
            }
        }
        MediaKind kind = unfog.kindOf(files.get(0));
        for (Path file : files) {
            MediaKind other = unfog.kindOf(file);
            if (!other.equals(kind)) {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        file.toString(),
                        "it is of kind " + other + ", and " + files.get(0) + " is of kind " + kind,
                        "name samples of one kind");
            }
        }
        return new FitInputs(List.copyOf(files), kind);
    }

    /**
     * Finds files that must be of a known kind.
     *
     * @param named files and folders
     * @param kind what all of them must be
     * @throws UnfogException if there are none, or one is of another kind
     */
    public static FitInputs of(Unfog unfog, List<Path> named, MediaKind kind) {
        FitInputs inputs = of(unfog, named);
        if (!inputs.kind().equals(kind)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    inputs.files().get(0).toString(),
                    "it is of kind " + inputs.kind() + ", and samples of kind " + kind + " are needed here",
                    "name samples of one kind");
        }
        return inputs;
    }

    private static List<Path> filesIn(Unfog unfog, Path folder) {
        List<Path> found = new ArrayList<>();
        for (MediaKind kind : KINDS) {
            try {
                found.addAll(unfog.filesIn(folder, kind));
            } catch (UnfogException e) {
                if (e.code() != ErrorCode.BAD_PARAMETER) {
                    throw e;
                }
            }
        }
        if (found.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    folder.toString(),
                    "there is no table, picture or recording in it",
                    "name a folder that holds some");
        }
        return found.stream().distinct().toList();
    }
}
