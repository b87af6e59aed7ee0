package dev.unfog.core.model;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The user's own folder of networks, to which networks can be added and from which they can be removed.
 *
 * @param directory one folder a network; need not exist
 */
public record UserModels(Path directory) {

    /**
     * Copies a network and its cards into a folder of its own, whole or not at all.
     *
     * @param store reads its card
     * @param model what to copy; its contract has been checked
     * @param id the name that it gets
     * @return the folder
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if the name is none or taken, or if it cannot be written
     */
    public Path add(ModelStore store, InstalledModel model, String id) {
        requireName(id);
        Path target = directory.resolve(id);
        if (Files.exists(target)) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    id,
                    "there is a network of that name in " + directory,
                    "choose another name with --as, or remove that one first: unfog models remove " + id);
        }
        Path part = directory.resolve("." + id + ".part");
        try {
            delete(part);
            Files.createDirectories(part);
            Files.copy(model.network(), part.resolve(ModelStore.NETWORK));
            Files.writeString(part.resolve(ModelStore.CARD), store.cardText(model));
            Path forPeople = model.directory().resolve("MODEL_CARD.md");
            if (model.network().endsWith(ModelStore.NETWORK) && Files.isRegularFile(forPeople)) {
                Files.copy(forPeople, part.resolve(forPeople.getFileName()));
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    directory.toString(),
                    "the network cannot be put there: " + exception.getMessage(),
                    "make the folder writable, or set UNFOG_HOME to one that is",
                    exception);
        }
    }

    private static void requireName(String id) {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    id,
                    "a network is named in letters, digits, dots, hyphens and underscores",
                    "choose another name");
        }
    }

    /**
     * Removes a network.
     *
     * @return the folder that it lay in
     * @throws UnfogException with {@link ErrorCode#MODEL_NOT_FOUND} if the user has none of that name
     */
    public Path remove(String id) {
        requireName(id);
        Path folder = directory.resolve(id);
        if (!Files.isDirectory(folder)) {
            throw new UnfogException(
                    ErrorCode.MODEL_NOT_FOUND,
                    id,
                    "there is no network of that name in " + directory
                            + "; others belong to plugins or came with Unfog",
                    "see where each lies with unfog models list");
        }
        try {
            delete(folder);
            return folder;
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    folder.toString(),
                    "it cannot be deleted: " + exception.getMessage(),
                    "end what uses it, and try again",
                    exception);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            List<Path> deepestFirst;
            try (Stream<Path> files = Files.walk(folder)) {
                deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
