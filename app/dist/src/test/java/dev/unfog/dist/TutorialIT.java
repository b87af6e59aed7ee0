package dev.unfog.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types the commands of the tutorial, as they stand in it, into a shell. The template is built against the artifacts in the local
 * repository, so that these must have been installed: {@code mvn -Pacceptance install}.
 */
@Tag("acceptance")
class TutorialIT {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path BIN = Path.of("target", "unfog", "bin").toAbsolutePath();

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    /** Returns the commands below a heading: its indented lines. */
    private static List<String> commands(String heading) throws IOException {
        String text = Files.readString(PROJECT.resolve("examples/README.md"));
        String section = text.substring(text.indexOf("\n## " + heading) + 1);
        int end = section.indexOf("\n## ");
        return (end < 0 ? section : section.substring(0, end))
                .lines()
                .filter(line -> line.startsWith("    ") && !line.isBlank())
                .map(String::strip)
                .toList();
    }

    private String run(String command) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().merge("PATH", BIN.toString(), (path, bin) -> bin + File.pathSeparator + path);
        builder.environment().put("UNFOG_HOME", folder.resolve("home").toString());
        Process process = builder.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(command).isTrue();
        String text = Files.readString(output);
        said.add(text);
        assertThat(process.exitValue()).as("%s%n%s", command, text).isZero();
        return text;
    }

    private void copyWhatTheTutorialStartsFrom() throws IOException {
        Path template = PROJECT.resolve("examples/plugin-template");
        try (Stream<Path> files = Files.walk(template)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path place = template.relativize(file);
                if (!place.startsWith("target")) {
                    Path copy = folder.resolve("examples/plugin-template").resolve(place);
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
        Files.createSymbolicLink(folder.resolve("models"), PROJECT.resolve("models"));
        String repository = System.getProperty("maven.repo.local");
        if (repository != null) {
            Path configuration = folder.resolve("examples/plugin-template/.mvn/maven.config");
            Files.createDirectories(configuration.getParent());
            Files.writeString(configuration, "-Dmaven.repo.local=" + repository + "\n");
        }
    }

    @Test
    void fiveCommandsLeadFromTheTemplateToACleanedFileAndTheOthersWorkToo() throws Exception {
        copyWhatTheTutorialStartsFrom();
        List<String> five = commands("Five commands");
        assertThat(five).hasSize(5);
        long began = System.nanoTime();
        for (String command : five) {
            run(command);
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - began);
        System.out.println("The five commands took " + taken.toSeconds() + " s");
        assertThat(said.get(3)).contains("pulse-cleaner 0.1.0", "unfog clean: Takes the noise out of pulse recordings");
        assertThat(Files.readAllLines(folder.resolve("clean.pulse"))).hasSize(1500);
        assertThat(taken).isLessThan(Duration.ofMinutes(3));

        for (String command : commands("Give it to others")) {
            run(command);
        }
        for (String command : commands("Only a network")) {
            run(command);
        }
        assertThat(said.get(said.size() - 1)).contains("my-photos 0.1.0");
    }

    @Test
    void theTemplatesOwnCodeFitsOnTwoPages() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT.resolve("examples/plugin-template/src/main/java"))) {
            long lines = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                lines += Files.readAllLines(file).size();
            }
            assertThat(lines).isLessThan(150);
        }
    }
}
