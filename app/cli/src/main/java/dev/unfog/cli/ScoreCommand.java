package dev.unfog.cli;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.Progress;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.ScoreJob;
import dev.unfog.core.job.ScorePage;
import dev.unfog.core.job.ScoreReport;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.media.rows.CsvTableWriter;
import dev.unfog.core.model.FileDigests;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unfog score}. */
@Command(
        name = "score",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Say how far samples are from normal, and how sure that is.",
        description = {
            "%nFor each sample the report gives a score (larger is further), a p-value (how often a normal sample scores as much), "
                    + "a flag, the noise level that spoke and where it spoke: the columns of a table, the regions of a picture "
                    + "(width x height + left + top) or of a recording. A table's columns are found by name. A file or row that cannot be read does not keep the others from being scored."
        },
        customSynopsis = {"unfog score FILE... --with MODEL [-o REPORT] [OPTIONS]"},
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog score new.csv --with parts.unfog -o report.csv",
            "  unfog score new.csv --with parts.unfog --fdr 0.05 --json",
            "  unfog score scans/*.png --with cloth.unfog -o report.csv --maps maps",
        })
final class ScoreCommand implements Callable<Integer> {
    private final Session session;
    private final ScorePage page = new ScorePage();
    private ParameterFlags flags = new ParameterFlags(Map.of());

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Samples, or tables of them.")
    private List<Path> files = List.of();

    @Option(
            names = "--with",
            required = true,
            paramLabel = "MODEL",
            order = 1,
            description = "The model that 'unfog fit' wrote.")
    private Path model = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "REPORT",
            order = 2,
            description = "The CSV file to write (default: standard output).")
    private @Nullable Path output;

    @Option(
            names = "--alpha",
            defaultValue = "0.05",
            paramLabel = "N",
            order = 3,
            description = "Flag p-values at most this: so large a share of normal samples is flagged (default 0.05).")
    private double alpha = 0.05;

    @Option(
            names = "--fdr",
            paramLabel = "N",
            order = 4,
            description = "Instead flag so that about this share of what is flagged is normal (Benjamini-Hochberg).")
    private @Nullable Double rate;

    @Option(
            names = "--maps",
            paramLabel = "DIR",
            order = 5,
            description =
                    "For pictures and recordings, write where they are unusual into this folder: NAME.png shows it over the "
                            + "sample, NAME.deviation.png alone.")
    private @Nullable Path maps;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            order = 6,
            description = "Also write a page for people, the most unusual samples first; with --maps it shows them.")
    private @Nullable Path html;

    @Mixin
    private NetworkOptions network = new NetworkOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    ScoreCommand(Session session) {
        this.session = session;
    }

    /** Returns the command, with the flags of the installed plugins if they are wanted. */
    CommandLine commandLine(boolean withFlags) {
        CommandLine command = new CommandLine(this);
        if (withFlags) {
            flags = OperationFlags.declared(session, Scorer.class, parameter -> true);
            flags.addTo(command.getCommandSpec());
        }
        return command;
    }

    @Override
    public Integer call() {
        ErrorReport errors = new ErrorReport(session);
        Unfog unfog = session.unfog(errors);
        if (!Files.isRegularFile(model)) {
            throw new UnfogException(
                    ErrorCode.MODEL_NOT_FOUND, model.toString(), "there is no such file", "check the path");
        }
        PluginExtension<Scorer> scorer = unfog.scorers(network.plugins).of(firstKind(unfog));
        Map<String, String> texts = flags.textsOf(spec.commandLine().getParseResult(), scorer.pluginId());
        ParameterValues values = ParameterValues.parse(scorer.call(called -> called.parameters()), texts);
        String sha256 = FileDigests.of(model);
        try (ScoreJob job = new ScoreJob(
                        unfog, scorer, model, values, network.settings(unfog), Progress.NONE, session.cancellation());
                Sink sink = sink(sha256);
                ScoreReport report = new ScoreReport(rate == null ? alpha : rate, rate != null, sha256, line -> {
                    sink.accept(line);
                    page.add(line);
                })) {
            return score(job, report, sink, errors);
        }
    }

    /** The kind of the first file that can be told; a model of another kind says so itself. */
    private MediaKind firstKind(Unfog unfog) {
        for (Path file : files) {
            try {
                return unfog.kindOf(file);
            } catch (UnfogException e) {
                // Reported when its turn comes.
            }
        }
        return MediaKind.ROWS;
    }

    private int score(ScoreJob job, ScoreReport report, Sink sink, ErrorReport errors) {
        int done = 0;
        List<Map<String, Object>> failures = new ArrayList<>();
        Map<String, Object> notes = new LinkedHashMap<>();
        try (ProgressLine progress = new ProgressLine(session.terminal())) {
            for (int i = 0; i < files.size(); i++) {
                Path file = files.get(i);
                double share = (double) i / files.size();
                long[] row = {0};
                boolean isTable = isTable(file);
                try {
                    Consumer<Scorer.Score> scores = score -> {
                        row[0]++;
                        if (row[0] % 10_000 == 1) {
                            progress.report(share, file + "  " + (row[0] - 1) + " scored");
                        }
                        report.add(file.toString(), isTable ? row[0] : 0, score);
                    };
                    notes.putAll(
                            maps == null || isTable
                                    ? job.score(file, scores)
                                    : job.score(file, maps.resolve(file.getFileName() + ".png"), scores));
                    done++;
                } catch (UnfogException e) {
                    if (e.code() == ErrorCode.CANCELLED || e.code() == ErrorCode.OUTPUT_NOT_WRITABLE) {
                        throw e;
                    }
                    progress.clear();
                    errors.print(e);
                    Map<String, Object> failure = new LinkedHashMap<>();
                    failure.put("file", file.toString());
                    failure.put("error", Json.error(e));
                    failures.add(failure);
                }
            }
        }
        report.finish();
        List<String> remarks = notes.get("calibrationSamples") instanceof Integer calibration
                ? report.remarks(calibration)
                : List.of();
        sink.end(report, failures, remarks);
        if (html != null) {
            page.write(html, "Scored with " + model.getFileName(), remarks, file -> Optional.ofNullable(maps)
                    .map(folder -> folder.resolve(Path.of(file).getFileName() + ".png")));
        }
        PrintWriter err = session.terminal().err();
        remarks.forEach(remark -> err.println("unfog: " + remark));
        err.println(report.scored() + " scored, " + report.flagged() + " flagged"
                + (report.unreadable() > 0 ? ", " + report.unreadable() + " could not be read" : ""));
        int failed = failures.size() + (report.unreadable() > 0 ? 1 : 0);
        return ExitCode.of(report.scored() > 0 ? Math.max(done, 1) : 0, report.scored() == 0 && done > 0 ? 0 : failed);
    }

    private boolean isTable(Path file) {
        try {
            return session.unfog().kindOf(file).equals(MediaKind.ROWS);
        } catch (UnfogException e) {
            return false;
        }
    }

    private Sink sink(String sha256) {
        if (common.json) {
            return new JsonSink(sha256);
        }
        return output == null ? new TextSink() : new FileSink(output);
    }

    /** Where the lines of the report go. */
    private interface Sink extends Consumer<String[]>, AutoCloseable {
        void end(ScoreReport report, List<Map<String, Object>> failures, List<String> remarks);

        @Override
        void close();
    }

    /** A CSV file, which appears when it is whole. */
    private static final class FileSink implements Sink {
        private final Path file;
        private final Path half;
        private final CsvTableWriter writer;

        FileSink(Path file) {
            this.file = file;
            half = file.resolveSibling("." + file.getFileName() + ".part");
            writer = new CsvTableWriter(half, ScoreReport.COLUMNS);
        }

        @Override
        public void accept(String[] line) {
            writer.write(line);
        }

        @Override
        public void end(ScoreReport report, List<Map<String, Object>> failures, List<String> remarks) {
            writer.close();
            try {
                Files.move(half, file, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UnfogException(
                        ErrorCode.OUTPUT_NOT_WRITABLE,
                        file.toString(),
                        "it cannot be written: " + e.getMessage(),
                        "choose another place",
                        e);
            }
        }

        @Override
        public void close() {
            writer.close();
            try {
                Files.deleteIfExists(half);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** CSV on standard output. */
    private final class TextSink implements Sink {
        private boolean isBegun;

        @Override
        public void accept(String[] line) {
            if (!isBegun) {
                isBegun = true;
                session.terminal().out().println(String.join(",", ScoreReport.COLUMNS));
            }
            StringBuilder text = new StringBuilder();
            for (String cell : line) {
                boolean isPlain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
                text.append(isPlain ? cell : '"' + cell.replace("\"", "\"\"") + '"')
                        .append(',');
            }
            session.terminal().out().println(text.substring(0, text.length() - 1));
        }

        @Override
        public void end(ScoreReport report, List<Map<String, Object>> failures, List<String> remarks) {
            session.terminal().out().flush();
        }

        @Override
        public void close() {
            session.terminal().out().flush();
        }
    }

    /** One JSON object on standard output, written as it comes; with {@code -o} the CSV file as well. */
    private final class JsonSink implements Sink {
        private final @Nullable FileSink csv = output == null ? null : new FileSink(output);
        private final String sha256;
        private boolean isBegun;

        JsonSink(String sha256) {
            this.sha256 = sha256;
        }

        private void begin() {
            Map<String, Object> used = new LinkedHashMap<>();
            used.put("file", model.toString());
            used.put("sha256", sha256);
            session.terminal().out().print("{\"model\":" + Json.write(used) + ",\"results\":[");
        }

        @Override
        public void accept(String[] line) {
            if (csv != null) {
                csv.accept(line);
            }
            if (!isBegun) {
                begin();
            }
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("file", line[0]);
            object.put("row", line[1].isEmpty() ? null : Long.valueOf(line[1]));
            object.put("score", line[2].isEmpty() ? null : Float.valueOf(line[2]));
            object.put("p_value", line[3].isEmpty() ? null : Float.valueOf(line[3]));
            object.put("flag", line[4].equals("1"));
            object.put("level", line[5].isEmpty() ? null : Float.valueOf(line[5]));
            object.put("where", line[6].isEmpty() ? List.of() : List.of(line[6].split("; ")));
            if (!line[7].isEmpty()) {
                object.put("error", line[7]);
            }
            session.terminal().out().print((isBegun ? ",\n" : "\n") + Json.write(object));
            isBegun = true;
        }

        @Override
        public void end(ScoreReport report, List<Map<String, Object>> failures, List<String> remarks) {
            if (csv != null) {
                csv.end(report, failures, remarks);
            }
            if (!isBegun) {
                begin();
            }
            Map<String, Object> rest = new LinkedHashMap<>();
            rest.put("scored", report.scored());
            rest.put("flagged", report.flagged());
            rest.put("unreadable", report.unreadable());
            rest.put("failed", failures);
            rest.put("remarks", remarks);
            session.terminal().out().println("]," + Json.write(rest).substring(1));
        }

        @Override
        public void close() {
            if (csv != null) {
                csv.close();
            }
        }
    }
}
