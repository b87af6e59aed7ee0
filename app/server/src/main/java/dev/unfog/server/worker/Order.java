package dev.unfog.server.worker;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the server tells the worker. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Order.Run.class, name = "run"),
    @JsonSubTypes.Type(value = Order.Cancel.class, name = "cancel")
})
public sealed interface Order {
    /**
     * Run a job; the worker runs one at a time.
     *
     * @param job the job's id
     * @param verb {@code clean}, {@code fit} or {@code score}
     * @param plugin the plugin that does it; null to choose by the kind of media
     * @param inputs the files
     * @param outputFolder an existing folder for the results
     * @param parameters the texts of the parameters by name; those of media files are paths
     * @param parameterFiles for parameters that are media files, what people call the file, by the parameter's name
     * @param seed the seed of all randomness
     * @param model for {@code score}, the model's file
     */
    record Run(
            String job,
            String verb,
            @Nullable String plugin,
            List<Input> inputs,
            String outputFolder,
            Map<String, String> parameters,
            Map<String, String> parameterFiles,
            long seed,
            @Nullable String model)
            implements Order {}

    /**
     * Stop a job.
     *
     * @param job its id
     */
    record Cancel(String job) implements Order {}

    /**
     * A file to work on.
     *
     * @param path where it lies
     * @param name what people call it
     */
    record Input(String path, String name) {}
}
