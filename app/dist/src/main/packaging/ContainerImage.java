import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Packs a container image as a tar from nothing but local files, with no base image: the system's libraries, a Java runtime, the
 * libraries of others, and Unfog, each a layer of its own, so that a new Unfog needs only the last one sent.
 */
final class ContainerImage {
    private static final String HOME = "/opt/unfog";

    private ContainerImage() {}

    /**
     * Packs.
     *
     * @param arguments the root folder with system libraries, the Java runtime, the distribution, the version, the tar to write and a
     *     folder for finished layers
     */
    public static void main(String[] arguments) throws Exception {
        Path distribution = Path.of(arguments[2]);
        Path tar = Path.of(arguments[4]);
        JibContainerBuilder image = Jib.fromScratch()
                .addFileEntriesLayer(layer("system", Path.of(arguments[0]), "", path -> true))
                .addFileEntriesLayer(layer("runtime", Path.of(arguments[1]), HOME + "/runtime", path -> true))
                .addFileEntriesLayer(layer("libraries", distribution, HOME, path -> isLibrary(path)))
                .addFileEntriesLayer(layer("unfog", distribution, HOME, path -> !isLibrary(path) && isWanted(path)))
                .setEnvironment(Map.of("ORT_DISABLE_TELEMETRY", "1", "LC_ALL", "C.UTF-8", "UNFOG_HOME", "/data/.unfog"))
                .setWorkingDirectory(AbsoluteUnixPath.get("/data"))
                .setUser("1000:1000")
                .setExposedPorts(Set.of(Port.tcp(7878)))
                .setCreationTime(Instant.EPOCH)
                .setEntrypoint(List.of(
                        HOME + "/runtime/bin/java",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Donnxruntime.native.path=" + HOME + "/lib/native/ai/onnxruntime/native/linux-x64",
                        "-Dunfog.installation=" + HOME,
                        "-jar",
                        HOME + "/lib/unfog-cli.jar"))
                .setProgramArguments(List.of("--help"));
        Files.createDirectories(tar.toAbsolutePath().getParent());
        Files.deleteIfExists(tar);
        Path layers = Path.of(arguments[5]);
        image.containerize(Containerizer.to(TarImage.at(tar).named("unfog:" + arguments[3]))
                .setOfflineMode(true)
                .setBaseImageLayersCache(layers)
                .setApplicationLayersCache(layers));
    }

    private interface Choice {
        boolean takes(Path path);
    }

    /** Returns whether a file of the distribution is somebody else's, and seldom changes. */
    private static boolean isLibrary(Path path) {
        return path.startsWith("lib") && !String.valueOf(path.getFileName()).startsWith("unfog-");
    }

    private static boolean isWanted(Path path) {
        return !path.startsWith("training") && !path.startsWith("bin");
    }

    private static FileEntriesLayer layer(String name, Path folder, String at, Choice choice) throws IOException {
        FileEntriesLayer.Builder layer = FileEntriesLayer.builder().setName(name);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted().toList()) {
                Path place = folder.relativize(file);
                if (file.equals(folder) || !choice.takes(place)) {
                    continue;
                }
                FilePermissions permissions =
                        FilePermissions.fromPosixFilePermissions(Files.getPosixFilePermissions(file));
                layer.addEntry(file, AbsoluteUnixPath.get(at + "/" + place), permissions);
            }
        }
        return layer.build();
    }
}
