package dev.unfog.cli;

import picocli.CommandLine.Option;

/** The options of every command. They are read where the command line begins, see {@link Session}. */
final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 90,
            description = "Show this help and leave.")
    boolean help;

    @Option(names = "--json", order = 91, description = "Print results as one JSON object.")
    boolean json;

    @Option(names = "--debug", order = 92, description = "Show stack traces with errors.")
    boolean debug;
}
