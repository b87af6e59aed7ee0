package dev.unfog.cli;

import dev.unfog.api.Cancellation;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of the command: where it writes, what it was told, and the host once it is needed. For one thread. */
final class Session implements AutoCloseable {
    private final Terminal terminal;
    private final Installation installation;
    private final Cancellation cancellation;
    private final List<String> arguments;
    private @Nullable Unfog unfog;
    private boolean deviceTold;

    Session(Terminal terminal, Installation installation, Cancellation cancellation, List<String> arguments) {
        this.terminal = terminal;
        this.installation = installation;
        this.cancellation = cancellation;
        this.arguments = List.copyOf(arguments);
    }

    /** Returns where to write. */
    Terminal terminal() {
        return terminal;
    }

    /** Returns where plugins, models and settings lie. */
    Installation installation() {
        return installation;
    }

    /** Returns whether the user pressed Ctrl-C. */
    Cancellation cancellation() {
        return cancellation;
    }

    /** Returns the whole command line. */
    List<String> arguments() {
        return arguments;
    }

    /** Returns whether stack traces are to be shown. */
    boolean debug() {
        return arguments.contains("--debug");
    }

    /** Returns whether results are to be printed as JSON. */
    boolean json() {
        return arguments.contains("--json");
    }

    /** Returns the host. */
    Unfog unfog() {
        if (unfog == null) {
            unfog = new Unfog(installation);
        }
        return unfog;
    }

    /** Returns the host, after warning of the plugins that it could not load. */
    Unfog unfog(ErrorReport errors) {
        Unfog host = unfog();
        host.plugins().failures().forEach(errors::warn);
        return host;
    }

    /** Tells the user, once, if networks run on a slower device than there could be. */
    void tellDevice() {
        if (!deviceTold && unfog != null && unfog.deviceReport().isPresent()) {
            deviceTold = true;
            terminal.err().println("unfog: " + unfog.deviceReport().get());
        }
    }

    @Override
    public void close() {
        if (unfog != null) {
            unfog.close();
        }
    }
}
