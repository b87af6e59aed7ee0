package dev.unfog.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the documentation promises: every package has a snippet that compiles, runs, and prints what the comments behind its
 * statements say, and everything public says since when it has been there. (Snippet tags, JEP 413, are unknown to Java 17.)
 */
class DocumentationTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern SNIPPET = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);
    private static final Pattern PRINTED = Pattern.compile("; // (.*)");

    @TempDir
    private Path folder;

    static List<String> packages() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> SOURCES.relativize(file.getParent())
                            .toString()
                            .replace('\\', '/')
                            .replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    private static Path file(String name) {
        return SOURCES.resolve(name.replace('.', '/')).resolve("package-info.java");
    }

    @ParameterizedTest
    @MethodSource("packages")
    void theSnippetOfAPackagePrintsWhatItSays(String name) throws Exception {
        Matcher snippet = SNIPPET.matcher(Files.readString(file(name)));
        assertThat(snippet.find()).as("a snippet").isTrue();
        String code = snippet.group(1)
                .lines()
                .map(line -> line.replaceFirst("^ \\* ?", ""))
                .collect(Collectors.joining("\n"));
        List<String> expected =
                PRINTED.matcher(code).results().map(found -> found.group(1)).toList();
        assertThat(expected).as("a line that prints something and says what").isNotEmpty();
        assertThat(run(name, code)).containsExactlyElementsOf(expected);
    }

    private List<String> run(String name, String code) throws Exception {
        String imports =
                packages().stream().map(other -> "import " + other + ".*;\n").collect(Collectors.joining());
        String source = imports
                + "import java.nio.FloatBuffer;\nimport java.nio.file.Path;\nimport java.util.*;\nimport java.util.stream.*;\n"
                + "public class Snippet { public static void run() throws Exception {\n" + code + "\n} }";
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        JavaFileObject unit =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of("-proc:none", "-d", folder.toString(), "-classpath", System.getProperty("java.class.path"));
        assertThat(compiler.getTask(messages, null, null, options, null, List.of(unit))
                        .call())
                .as("%s%n%s", messages, source)
                .isTrue();
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Method run = loader.loadClass("Snippet").getMethod("run");
            run.invoke(null);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void everythingPublicSaysSinceWhenItHasBeenThere() throws IOException {
        Pattern type = Pattern.compile(
                "(?ms)^( *)(/\\*\\*(?:(?!\\*/).)*\\*/)\\s+((?:@\\w+(?:\\([^)]*\\))?\\s+)*)public (?:static |final |sealed |abstract )*"
                        + "(?:class|interface|record|enum) (\\w+)");
        int types = 0;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                if (file.endsWith("package-info.java")) {
                    assertThat(text).as(file.toString()).contains(" * @since ");
                }
                for (var found : type.matcher(text).results().toList()) {
                    types++;
                    assertThat(found.group(2))
                            .as("%s in %s", found.group(4), file)
                            .containsPattern("\\* @since \\d+\\.\\d+");
                }
            }
        }
        assertThat(types).isGreaterThan(80);
    }
}
