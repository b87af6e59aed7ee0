package dev.unfog.core.plugin;

import dev.unfog.api.media.Codec;
import dev.unfog.api.plugin.Operation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A plugin that is loaded and ready.
 *
 * @param id its name, such as {@code image-restoration}
 * @param version its version
 * @param description one line for people; may be empty
 * @param provider who made it; may be empty
 * @param path the zip, jar or folder that it was loaded from
 * @param models the folder in which the networks that it brings lie, one folder each, if it brings any
 * @param operations what it can do, in the order of their class names
 * @param codecs the file formats that it adds, in the order of their class names
 * @param network the network that takes the place of those that the operations ask for, where they are another plugin's, see {@link
 *     PluginHost}
 * @param replaces the plugin of the same id, from a later directory, that it takes the place of, if there is one
 */
public record InstalledPlugin(
        String id,
        String version,
        String description,
        String provider,
        Path path,
        Optional<Path> models,
        List<Operation> operations,
        List<Codec> codecs,
        Optional<String> network,
        Optional<Path> replaces) {
    /** Copies the lists. */
    public InstalledPlugin {
        operations = List.copyOf(operations);
        codecs = List.copyOf(codecs);
    }
}
