package dev.unfog.cli;

import dev.unfog.core.job.Installation;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unfog} itself: leads to its commands. */
@Command(
        name = "unfog",
        versionProvider = UnfogCommand.Version.class,
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Cleans noisy recordings, restores photographs and flags what is out of the ordinary.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "%nExamples:",
            "  unfog clean photo.jpg -o clean.jpg        clean one picture",
            "  unfog clean *.jpg -o cleaned/             clean many into a folder",
            "  unfog clean scans -o cleaned --recursive  clean a whole tree",
            "  unfog clean --help                        see what a plugin can be told",
            "  unfog ui                                  do it all in the browser instead",
            "  unfog doctor                              see whether all is well here",
            "%nResults go to standard output, progress and messages to standard error.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some files failed, 130 cancelled.",
            "Own plugins, models and settings lie in UNFOG_HOME (by default ~/.unfog)."
        })
final class UnfogCommand implements Runnable {
    private final Session session;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and leave.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version and leave.")
    private boolean version;

    UnfogCommand(Session session) {
        this.session = session;
    }

    /** Returns the command with all its commands; plugins are asked for their flags only if a command that has some is named. */
    CommandLine commandLine() {
        List<String> arguments = session.arguments();
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        boolean all = first.equals("completion");
        CommandLine root = new CommandLine(this);
        CleanCommand clean = new CleanCommand(session);
        root.addSubcommand(clean.commandLine(all || first.equals("clean")));
        root.addSubcommand(new LiveCommand(session).commandLine(all || first.equals("live")));
        EvaluatePicturesCommand pictures = new EvaluatePicturesCommand(session);
        CommandLine evaluate = new CommandLine(new EvaluateCommand());
        evaluate.addSubcommand(pictures.commandLine(all || first.equals("eval")));
        evaluate.addSubcommand(new EvaluateSpeechCommand(session).commandLine(all || first.equals("eval")));
        evaluate.addSubcommand(new EvaluateRowsCommand(session).commandLine(all || first.equals("eval")));
        evaluate.addSubcommand(new EvaluateAnomaliesCommand(session));
        root.addSubcommand(evaluate);
        root.addSubcommand(new FitCommand(session).commandLine(all || first.equals("fit")));
        root.addSubcommand(new ScoreCommand(session).commandLine(all || first.equals("score")));
        root.addSubcommand(new CommandLine(new TrainCommand()).addSubcommand(new TrainPicturesCommand(session)));
        root.addSubcommand(new CommandLine(new PluginsCommand())
                .addSubcommand(new PluginsListCommand(session))
                .addSubcommand(new PluginsInfoCommand(session))
                .addSubcommand(new PluginsSearchCommand(session))
                .addSubcommand(new PluginsInstallCommand(session))
                .addSubcommand(new PluginsRemoveCommand(session))
                .addSubcommand(new PluginsEnableCommand(session))
                .addSubcommand(new PluginsDisableCommand(session))
                .addSubcommand(new PluginsVerifyCommand(session))
                .addSubcommand(new PluginsNewCommand(session))
                .addSubcommand(new PluginsSignCommand(session)));
        root.addSubcommand(new CommandLine(new ModelsCommand())
                .addSubcommand(new ModelsListCommand(session))
                .addSubcommand(new ModelsInfoCommand(session))
                .addSubcommand(new ModelsVerifyCommand(session))
                .addSubcommand(new ModelsImportCommand(session))
                .addSubcommand(new ModelsRemoveCommand(session)));
        root.addSubcommand(new ServeCommand(session));
        root.addSubcommand(new UiCommand(session));
        root.addSubcommand(new DevicesCommand(session));
        root.addSubcommand(new DoctorCommand(session));
        root.addSubcommand(new CompletionCommand(session));
        return root;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** What {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"unfog " + Installation.VERSION};
        }
    }
}
