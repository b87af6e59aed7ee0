package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScorePageTest {
    @TempDir
    private Path folder;

    private static String[] line(String file, String score, String pValue) {
        return new String[] {file, "", score, pValue, "0", "0.5", "8x8+0+0", "", "abc"};
    }

    private String write(ScorePage page) throws IOException {
        Path file = folder.resolve("page.html");
        Path png = Files.write(folder.resolve("a.png"), new byte[] {1, 2, 3});
        page.write(
                file,
                "with <model>",
                List.of("a remark"),
                name -> name.equals("odd") ? Optional.of(png) : Optional.empty());
        return Files.readString(file);
    }

    @Test
    void theMostUnusualSampleStandsFirstWithItsPicture() throws IOException {
        ScorePage page = new ScorePage();
        page.add(line("usual", "0.1", "0.9"));
        page.add(line("odd", "9.0", "0.01"));
        page.add(line("odder", "99.0", "0.01"));

        String html = write(page);

        assertThat(html.indexOf("odder")).isBetween(0, html.indexOf(">odd<"));
        assertThat(html.indexOf(">odd<")).isBetween(0, html.indexOf("usual<"));
        assertThat(html)
                .contains("data:image/png;base64,AQID")
                .contains("a remark")
                .contains("with &lt;model&gt;");
        assertThat(html).doesNotContain("http");
    }

    @Test
    void onlyTheMostUnusualAreKept() throws IOException {
        ScorePage page = new ScorePage();
        for (int i = 0; i < 2 * ScorePage.MOST; i++) {
            page.add(line("sample" + i + ".", "1.0", Double.toString(1 - i / 2000.0)));
        }

        assertThat(write(page)).contains("sample999.").contains("sample500.").doesNotContain("sample499.");
    }
}
