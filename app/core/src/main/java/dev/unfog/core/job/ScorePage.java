package dev.unfog.core.job;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;

/**
 * A report for people: one page of HTML that needs no other file, the most unusual samples first, with a picture of each where there is one.
 *
 * <p>Keeps the {@value #MOST} smallest p-values; memory does not grow beyond them. For one thread.
 */
public final class ScorePage {
    /** How many samples the page shows. */
    public static final int MOST = 500;

    private static final long LARGEST_PICTURE = 4_000_000;
    private static final Comparator<String[]> UNUSUAL_FIRST = Comparator.<String[]>comparingDouble(
                    line -> Double.parseDouble(line[3]))
            .thenComparing(line -> -Double.parseDouble(line[2]));

    private final PriorityQueue<String[]> kept = new PriorityQueue<>(UNUSUAL_FIRST.reversed());
    private long samples;

    /** Creates a page without samples. */
    public ScorePage() {}

    /**
     * Adds a line of a {@link ScoreReport}; one that has no score is passed over.
     *
     * @param line its cells, as {@link ScoreReport#COLUMNS} names them; copied
     */
    public void add(String[] line) {
        if (line[3].isEmpty()) {
            return;
        }
        samples++;
        kept.add(line.clone());
        if (kept.size() > MOST) {
            kept.remove();
        }
    }

    /**
     * Writes the page; it appears when it is whole.
     *
     * @param file replaced if it is there
     * @param title what the samples were scored with
     * @param remarks what the reader should know
     * @param picture finds the PNG that shows a sample's deviation, by the sample's file as the line names it
     */
    public void write(Path file, String title, List<String> remarks, Function<String, Optional<Path>> picture) {
        List<String[]> lines = new ArrayList<>(kept);
        lines.sort(UNUSUAL_FIRST);
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>")
                .append(escaped(title))
                .append(
                        "</title>\n<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}"
                                + "table{border-collapse:collapse}th,td{text-align:left;padding:.3rem .8rem;border-bottom:1px solid #ddd}"
                                + "td.n{text-align:right;font-variant-numeric:tabular-nums}tr.flag td{background:#fff0ee}"
                                + "img{max-width:220px;max-height:160px;image-rendering:pixelated}</style>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n<p>")
                .append(samples)
                .append(samples > MOST ? " samples; the " + MOST + " most unusual are shown." : " samples.")
                .append("</p>\n<ul>");
        remarks.forEach(remark -> page.append("<li>").append(escaped(remark)).append("</li>"));
        page.append(
                "</ul>\n<table><tr><th></th><th>sample</th><th>score</th><th>p</th><th>noise level</th><th>where</th></tr>\n");
        for (String[] line : lines) {
            page.append("1".equals(line[4]) ? "<tr class=\"flag\"><td>" : "<tr><td>");
            picture.apply(line[0]).flatMap(ScorePage::embedded).ifPresent(page::append);
            page.append("</td><td>")
                    .append(escaped(line[0]))
                    .append(line[1].isEmpty() ? "" : " row " + line[1])
                    .append("</td><td class=\"n\">")
                    .append(line[2])
                    .append("</td><td class=\"n\">")
                    .append(line[3])
                    .append("</td><td class=\"n\">")
                    .append(line[5])
                    .append("</td><td>")
                    .append(escaped(line[6]))
                    .append("</td></tr>\n");
        }
        page.append("</table></html>\n");
        Path half = file.resolveSibling("." + file.getFileName() + ".part");
        try {
            Files.writeString(half, page);
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

    private static Optional<String> embedded(Path png) {
        try {
            if (!Files.isRegularFile(png) || Files.size(png) > LARGEST_PICTURE) {
                return Optional.empty();
            }
            return Optional.of("<img alt=\"\" src=\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(Files.readAllBytes(png)) + "\">");
        } catch (IOException e) {
            // A report without this picture is better than none.
            return Optional.empty();
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
