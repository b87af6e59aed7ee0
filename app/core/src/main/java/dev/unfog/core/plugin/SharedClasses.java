package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What a plugin must leave to the host: the plugin API with PF4J, and ONNX Runtime, of each of which there is one copy in a process. */
final class SharedClasses {
    private static final Pattern RUNTIME =
            Pattern.compile("ai/onnxruntime/.*|(.*/)?(lib)?onnxruntime[^/]*\\.(jar|so|dll|dylib)(\\.[0-9.]+)?");
    private static final Pattern API = Pattern.compile("(dev/unfog/api|org/pf4j)/.*\\.class");

    private SharedClasses() {}

    /**
     * Refuses a plugin for one of its entries.
     *
     * @param plugin its file, which the error names
     * @param entry with slashes, as seen from the root of the jar or class folder that it lies in
     * @throws UnfogException with {@link ErrorCode#PLUGIN_BROKEN} if the host alone may have such an entry
     */
    static void refuse(Path plugin, String entry) {
        if (RUNTIME.matcher(entry).matches()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    plugin.toString(),
                    "it brings ONNX Runtime (" + entry + "), of which only the host's copy may be loaded",
                    "build the plugin without it and open networks with PluginContext.openNetwork");
        }
        if (API.matcher(entry).matches()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    plugin.toString(),
                    "it brings a class of the plugin API (" + entry + "), which only the host may have",
                    "build the plugin with unfog-plugin-api in scope provided");
        }
    }
}
