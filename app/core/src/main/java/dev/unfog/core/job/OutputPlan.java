package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Which files are worked on and where each result goes, decided before anything is done.
 *
 * @param folder the folder that the results are in, or in folders of
 * @param items the files in the order in which they were named; folders in the order of their names
 */
public record OutputPlan(Path folder, List<Item> items) {
    /**
     * One file and its result.
     *
     * @param input the file to work on, which may turn out not to exist
     * @param output the file that the main result becomes
     */
    public record Item(Path input, Path output) {}

    /**
     * Returns the name of an item that stays the same wherever input and output folders are moved to: the input's path in its folder,
     * with slashes.
     */
    String place(Item item) {
        Path output = item.output().toAbsolutePath().normalize();
        Path place = folder.toAbsolutePath().normalize().relativize(output);
        return slashed(place.resolveSibling(fileName(item.input())));
    }

    /** Returns a path with slashes between its names. */
    static String slashed(Path path) {
        return path.toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    /** Copies the items, so that the plan cannot change. */
    public OutputPlan {
        items = List.copyOf(items);
    }

    /**
     * Plans a run. The output is a folder if it exists as one, if its text ends with a separator, or if there is more than one
     * file; otherwise it is the name of the result. In a folder, a result is named like its input, and the files of an input folder
     * keep their place in its tree.
     *
     * @param inputs files and folders as the user named them
     * @param output where results go, as the user wrote it
     * @param recursive whether folders may be named
     * @param isMedia says whether a file found in a folder is worked on
     * @param resultName turns the name of an input into that of its result, which has another extension where the input's format
     *     cannot be written
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if a folder is named without {@code recursive}, if two results
     *     would be the same file, or if there is nothing to do
     */
    public static OutputPlan of(
            List<Path> inputs,
            String output,
            boolean recursive,
            Predicate<Path> isMedia,
            UnaryOperator<String> resultName) {
        OutputPlan plan = ofAny(inputs, output, recursive, isMedia, resultName);
        if (plan.items().isEmpty()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    inputs.isEmpty() ? "input" : inputs.get(0).toString(),
                    "there is no media file in it",
                    "name files or folders that hold some");
        }
        refuseCollisions(plan.items());
        return plan;
    }

    /** Plans a run as {@link #of} does, but there may be nothing to do yet, and results may be the same file. */
    static OutputPlan ofAny(
            List<Path> inputs,
            String output,
            boolean recursive,
            Predicate<Path> isMedia,
            UnaryOperator<String> resultName) {
        Path target = Path.of(output);
        boolean folder = inputs.size() != 1
                || output.endsWith("/")
                || output.endsWith(target.getFileSystem().getSeparator())
                || Files.isDirectory(target)
                || Files.isDirectory(inputs.get(0));
        if (folder && Files.exists(target) && !Files.isDirectory(target)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "-o " + output,
                    "several results need a folder, and this is a file",
                    "name a folder");
        }
        List<Item> items = new ArrayList<>();
        for (Path input : inputs) {
            if (!Files.isDirectory(input)) {
                items.add(new Item(input, folder ? target.resolve(resultName.apply(fileName(input))) : target));
            } else if (recursive) {
                // Results of an earlier run that lie inside the input folder are not input.
                Path results = target.toAbsolutePath().normalize();
                boolean inside = !results.equals(input.toAbsolutePath().normalize());
                Predicate<Path> isResult =
                        file -> inside && file.toAbsolutePath().normalize().startsWith(results);
                for (Path file : filesIn(input, isMedia.and(isResult.negate()))) {
                    Path place = input.relativize(file);
                    items.add(new Item(file, target.resolve(place.resolveSibling(resultName.apply(fileName(file))))));
                }
            } else {
                throw new UnfogException(
                        ErrorCode.BAD_PARAMETER,
                        input.toString(),
                        "it is a folder",
                        "add --recursive to clean all in it");
            }
        }
        Path around = folder ? target : target.toAbsolutePath().getParent();
        return new OutputPlan(around == null ? target : around, items);
    }

    /**
     * Lists the files that are worked on in a folder and the folders in it, in the order of their names. What is hidden, such as a file
     * that is still being copied or a recycle bin, is passed over.
     */
    static List<Path> filesIn(Path folder, Predicate<Path> isMedia) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !isHidden(folder.relativize(file)))
                    .filter(isMedia)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    folder.toString(),
                    "the folder cannot be listed: " + e.getMessage(),
                    "check its permissions",
                    e);
        }
    }

    private static boolean isHidden(Path place) {
        for (Path name : place) {
            if (name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static void refuseCollisions(List<Item> items) {
        Map<Path, Path> inputs = new LinkedHashMap<>();
        for (Item item : items) {
            Path other = inputs.put(item.output().toAbsolutePath().normalize(), item.input());
            if (other != null) {
                throw collision(item, other);
            }
        }
    }

    /** Returns the error that the results of two files would be the same file. */
    public static UnfogException collision(Item item, Path other) {
        return new UnfogException(
                ErrorCode.BAD_PARAMETER,
                item.input().toString(),
                "its result would be the same file as that of " + other + ": " + item.output(),
                "rename one of them, or clean them into different folders");
    }

    private static String fileName(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }
}
