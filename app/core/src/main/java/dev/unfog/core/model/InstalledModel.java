package dev.unfog.core.model;

import dev.unfog.api.score.NetworkCard;
import java.nio.file.Path;

/**
 * A score network that is there to be opened.
 *
 * @param id how it is named on the command line: {@code photo}, {@code image-restoration/photo} for one that a plugin
 *     brings, or the path that the user gave
 * @param origin where it was found
 * @param directory the folder that holds it
 * @param network its ONNX file
 * @param card what it says about itself; its {@code sha256} is what the file must have
 */
public record InstalledModel(String id, Origin origin, Path directory, Path network, NetworkCard card) {
    /** Where a network can come from, in the order in which they are searched. */
    public enum Origin {
        /** The user named a file or folder. */
        PATH,
        /** The user's own models. */
        USER,
        /** A plugin brings it. */
        PLUGIN,
        /** It came with Unfog. */
        DISTRIBUTION
    }
}
