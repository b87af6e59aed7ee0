package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Something that a plugin brings, and the only way to call it.
 *
 * <p>Safe for use by many threads, as extensions are.
 *
 * @param pluginId the plugin that it belongs to
 * @param extension the plugin's object; {@link #call} it rather than using it directly
 * @param <T> its extension point
 */
public record PluginExtension<T>(String pluginId, T extension) {

    /**
     * Calls the extension, its class loader being the thread's context class loader meanwhile.
     *
     * @param action what to call; runs in this thread
     * @return what the action returns
     * @throws UnfogException the one that the plugin throws; for anything else that it throws one with {@link
     *     ErrorCode#PLUGIN_BROKEN}, or {@link ErrorCode#OUT_OF_MEMORY}
     */
    public <R> R call(Function<? super T, ? extends R> action) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        String outer = PluginCalls.begin(pluginId);
        thread.setContextClassLoader(extension.getClass().getClassLoader());
        try {
            return action.apply(extension);
        } catch (Throwable thrown) {
            throw translate(pluginId, thrown);
        } finally {
            thread.setContextClassLoader(before);
            PluginCalls.end(outer);
        }
    }

    /**
     * Calls the extension where nothing is returned; otherwise as {@link #call}.
     *
     * @param action what to call; runs in this thread
     */
    public void run(Consumer<? super T> action) {
        call(called -> {
            action.accept(called);
            return true;
        });
    }

    /**
     * Returns something else that belongs to the same plugin, such as a session that the extension opened.
     *
     * @param part an object of a class of the plugin
     */
    public <P> PluginExtension<P> part(P part) {
        return new PluginExtension<>(pluginId, part);
    }

    /**
     * Returns what the user should be told of something that left a plugin.
     *
     * @param pluginId the plugin
     * @param thrown what was caught
     */
    public static UnfogException translate(String pluginId, Throwable thrown) {
        if (thrown instanceof UnfogException foreseen) {
            return foreseen;
        }
        boolean isWrapper = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        Throwable cause = thrown.getCause();
        if (isWrapper && cause != null) {
            return translate(pluginId, cause);
        }
        if (thrown instanceof OutOfMemoryError) {
            return new UnfogException(
                    ErrorCode.OUT_OF_MEMORY,
                    "plugin " + pluginId,
                    "there is not enough memory for it",
                    "give it more with UNFOG_JAVA_OPTIONS=-Xmx4g, or clean a smaller sample",
                    thrown);
        }
        return new UnfogException(
                ErrorCode.PLUGIN_BROKEN,
                "plugin " + pluginId,
                "it failed in a way that it does not announce: " + describe(thrown),
                "update or remove the plugin, or tell its provider what --debug shows",
                thrown);
    }

    static String describe(Throwable thrown) {
        String name = thrown.getClass().getSimpleName();
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? name
                : name + ": " + message.lines().findFirst().orElse("");
    }
}
