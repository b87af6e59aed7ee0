package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.NetworkCard;
import dev.unfog.core.model.InstalledModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unfog models info}. */
@Command(
        name = "info",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Show the card of a score network.",
        optionListHeading = "%nOptions:%n")
final class ModelsInfoCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "NAME|FILE",
            description = "A name from 'unfog models list', a file or a folder.")
    private String name = "";

    @Mixin
    private CommonOptions common = new CommonOptions();

    ModelsInfoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        InstalledModel model = session.unfog().models().choose(name, null);
        session.unfog().models().verify(model);
        Map<String, Object> facts = facts(model);
        if (common.json) {
            session.terminal().out().println(Json.write(facts));
            return ExitCode.DONE;
        }
        PrintWriter out = session.terminal().out();
        facts.forEach((fact, value) -> out.println(String.format(Locale.ROOT, "%-15s %s", fact, value)));
        Path forPeople = model.directory().resolve("MODEL_CARD.md");
        if (Files.isRegularFile(forPeople) && model.network().endsWith("model.onnx")) {
            out.println();
            out.println(read(forPeople));
        }
        return ExitCode.DONE;
    }

    private static Map<String, Object> facts(InstalledModel model) {
        NetworkCard card = model.card();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("id", model.id());
        facts.put("network", model.network().toString());
        facts.put("origin", model.origin().name().toLowerCase(Locale.ROOT));
        facts.put("kind", card.kind().name());
        facts.put("conditioning", card.conditioning().name().toLowerCase(Locale.ROOT));
        facts.put("process", card.process().name());
        facts.put("constants", card.process().constants());
        facts.put("channels", card.channels());
        facts.put("range", List.of(card.rangeMinimum(), card.rangeMaximum()));
        facts.put("sampleRate", card.sampleRate());
        facts.put("receptiveField", card.receptiveField());
        facts.put("sizeMinimum", card.sizeMinimum());
        facts.put("sizeMultiple", card.sizeMultiple());
        facts.put("sha256", card.sha256());
        return facts;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.MODEL_DAMAGED,
                    file.toString(),
                    "it cannot be read: " + exception.getMessage(),
                    "install the network again",
                    exception);
        }
    }
}
