package dev.unfog.cli;

import java.io.PrintWriter;

/**
 * Where a command writes.
 *
 * @param out results, and nothing else
 * @param err progress and messages
 * @param interactive whether {@code err} is watched by a person, so that a line may be redrawn
 * @param columns how wide a line may be
 */
record Terminal(PrintWriter out, PrintWriter err, boolean interactive, int columns) {
    private static final int DEFAULT_COLUMNS = 80;

    /**
     * Returns this process's own terminal. The launcher says in {@code unfog.terminal} whether standard error is one, which Java
     * cannot find out when standard output goes elsewhere.
     */
    static Terminal ofProcess() {
        String told = System.getProperty("unfog.terminal", "");
        boolean interactive = told.isEmpty() ? System.console() != null : Boolean.parseBoolean(told);
        boolean dumb = "dumb".equals(System.getenv("TERM"));
        return new Terminal(
                new PrintWriter(System.out, true),
                new PrintWriter(System.err, true),
                interactive && !dumb,
                widthOfProcess());
    }

    private static int widthOfProcess() {
        String columns = System.getenv("COLUMNS");
        if (columns != null && columns.matches("[0-9]{2,4}")) {
            return Integer.parseInt(columns);
        }
        return DEFAULT_COLUMNS;
    }
}
