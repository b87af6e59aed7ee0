package dev.unfog.core.model;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.core.model.InstalledModel.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The score networks that are installed: the user's, those that plugins bring, and those that came with Unfog.
 *
 * <p>Each lies in a folder of its own with {@code model.onnx} and {@code model.json}. The folders are read anew by every call,
 * so that a network installed meanwhile is found. Nothing is ever written. Safe for use by many threads.
 */
public final class ModelStore {
    /** The file name of a network in its folder. */
    public static final String NETWORK = "model.onnx";

    /** The file name of a network's card in its folder. */
    public static final String CARD = "model.json";

    /** The key of an ONNX file's {@code metadata_props} under which the card stands as JSON, without the SHA-256. */
    public static final String CARD_PROPERTY = "unfog.card";

    private final Path userModels;
    private final Map<String, Path> pluginModels;
    private final Path distributionModels;
    private final FileDigests digests = new FileDigests();

    /**
     * Creates a store.
     *
     * @param userModels the user's folder of networks; need not exist
     * @param pluginModels by plugin id, the folder of the networks that it brings
     * @param distributionModels the folder of the networks that came with Unfog; need not exist
     */
    public ModelStore(Path userModels, Map<String, Path> pluginModels, Path distributionModels) {
        this.userModels = userModels;
        this.pluginModels = new TreeMap<>(pluginModels);
        this.distributionModels = distributionModels;
    }

    /**
     * Finds a network by name: the user's first, then the plugin's own, then the one that came with Unfog.
     *
     * @param id its name, such as {@code photo}, or {@code plugin/photo} for the one that a plugin brings
     * @param pluginId the plugin that asks for it; null if none does
     * @return the network, whose file is not yet verified
     * @throws UnfogException with {@link ErrorCode#MODEL_NOT_FOUND}, or {@link ErrorCode#CONTRACT_BROKEN} for a bad card
     */
    public InstalledModel find(String id, @Nullable String pluginId) {
        for (Map.Entry<Place, Path> place : places(id, pluginId).entrySet()) {
            if (Files.isDirectory(place.getValue())) {
                return read(place.getKey().name(), place.getKey().origin(), place.getValue());
            }
        }
        throw new UnfogException(
                ErrorCode.MODEL_NOT_FOUND,
                id,
                "no network of that name is installed; there are: " + String.join(", ", names()),
                "put its folder into " + userModels + ", or name its file with --model");
    }

    private record Place(String name, Origin origin) {}

    private Map<Place, Path> places(String id, @Nullable String pluginId) {
        Map<Place, Path> places = new LinkedHashMap<>();
        int slash = id.indexOf('/');
        if (slash >= 0) {
            Path models = pluginModels.get(id.substring(0, slash));
            String name = id.substring(slash + 1);
            if (models != null && isName(name)) {
                places.put(new Place(id, Origin.PLUGIN), models.resolve(name));
            }
        } else if (isName(id)) {
            places.put(new Place(id, Origin.USER), userModels.resolve(id));
            Path own = pluginId == null ? null : pluginModels.get(pluginId);
            if (own != null) {
                places.put(new Place(pluginId + "/" + id, Origin.PLUGIN), own.resolve(id));
            }
            places.put(new Place(id, Origin.DISTRIBUTION), distributionModels.resolve(id));
        }
        return places;
    }

    /** Keeps a name from leading out of the folders. */
    private static boolean isName(String name) {
        return !name.isBlank()
                && !name.startsWith(".")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':');
    }

    /**
     * Finds the network that the user names: a path to an ONNX file or to a folder, or else the name of one.
     *
     * @param model as in {@code --model}
     * @param pluginId the plugin that asks for it; null if none does
     * @throws UnfogException as {@link #find} and {@link #at} do
     */
    public InstalledModel choose(String model, @Nullable String pluginId) {
        Path path;
        try {
            path = Path.of(model);
        } catch (java.nio.file.InvalidPathException exception) {
            return find(model, pluginId);
        }
        return Files.exists(path) ? at(path) : find(model, pluginId);
    }

    /**
     * Returns the network in a file or folder.
     *
     * @param path an ONNX file, or a folder that holds {@code model.onnx} and {@code model.json}. A file {@code model.onnx}
     *     with its card beside it stands for its folder; any other file, {@code net.onnx}, has its card beside it as {@code
     *     net.json}, or within, under {@link #CARD_PROPERTY}
     * @throws UnfogException with {@link ErrorCode#MODEL_NOT_FOUND} if there is nothing, {@link ErrorCode#MODEL_DAMAGED} if
     *     the file is no network, {@link ErrorCode#CONTRACT_BROKEN} for a bad card or none
     */
    public InstalledModel at(Path path) {
        Path absolute = path.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            InstalledModel model = read(path.toString(), Origin.PATH, absolute);
            requireWhole(model.network());
            return model;
        }
        Path folder = absolute.getParent();
        if (!Files.isRegularFile(absolute) || folder == null) {
            throw new UnfogException(
                    ErrorCode.MODEL_NOT_FOUND,
                    path.toString(),
                    "there is no such file or folder",
                    "check the path; 'unfog models list' shows what is installed");
        }
        requireWhole(absolute);
        if (absolute.endsWith(NETWORK) && Files.exists(folder.resolve(CARD))) {
            return read(path.toString(), Origin.PATH, folder);
        }
        return readAlone(path.toString(), absolute, folder);
    }

    /** A network is one file: its digest covers all of it, and it can be copied. */
    private static void requireWhole(Path network) {
        Optional<String> other;
        try {
            other = OnnxMetadata.weightsElsewhere(network);
        } catch (IOException exception) {
            // What is wrong with it is told when it is loaded.
            return;
        }
        if (other.isPresent()) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    network.toString(),
                    "its weights lie in another file, " + other.get() + ", and a network is one file",
                    "save it whole, in Python: onnx.save(onnx.load(\"" + network.getFileName()
                            + "\"), \"whole.onnx\")");
        }
    }

    /**
     * Returns a network's card as it is written, with the SHA-256 of the network in it.
     *
     * @throws UnfogException if it cannot be read
     */
    public String cardText(InstalledModel model) {
        Path inFolder = model.directory().resolve(CARD);
        boolean isFolder = model.network().endsWith(NETWORK) && Files.isRegularFile(inFolder);
        String json;
        try {
            json = isFolder ? Files.readString(inFolder) : cardOf(model.network());
        } catch (IOException exception) {
            throw unreadable(model.network(), exception);
        }
        return NetworkCardFile.withDigest(model.network(), json, model.card().sha256());
    }

    private static Path cardBeside(Path network) {
        return network.resolveSibling(network.getFileName().toString().replaceFirst("\\.[^.]*$", "") + ".json");
    }

    private static String cardOf(Path network) throws IOException {
        Path beside = cardBeside(network);
        String json = Files.isRegularFile(beside)
                ? Files.readString(beside)
                : OnnxMetadata.read(network).get(CARD_PROPERTY);
        if (json == null) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    network.toString(),
                    "the file's metadata lack \"" + CARD_PROPERTY + "\", and no " + CARD + " lies beside it, nor "
                            + beside.getFileName(),
                    "write " + beside.getFileName() + " beside it, with what is true of the network: "
                            + NetworkCardFile.EXAMPLE);
        }
        return json;
    }

    private static InstalledModel read(String id, Origin origin, Path folder) {
        Path network = folder.resolve(NETWORK);
        Path card = folder.resolve(CARD);
        if (!Files.isRegularFile(network)) {
            throw new UnfogException(
                    ErrorCode.MODEL_DAMAGED,
                    folder.toString(),
                    "the folder lacks " + NETWORK,
                    "install the network again, or remove the folder");
        }
        if (!Files.isRegularFile(card)) {
            throw new UnfogException(
                    ErrorCode.CONTRACT_BROKEN,
                    folder.toString(),
                    "the folder lacks " + CARD,
                    "install the network again, or name the file " + NETWORK + " itself if it brings its card within");
        }
        String json;
        try {
            json = new String(Files.readAllBytes(card), StandardCharsets.UTF_8);
        } catch (IOException exception) {
            throw unreadable(card, exception);
        }
        return new InstalledModel(id, origin, folder, network, NetworkCardFile.parse(card, json, null));
    }

    private InstalledModel readAlone(String id, Path network, Path folder) {
        String json;
        String digest;
        try {
            json = cardOf(network);
            digest = digests.sha256(network);
        } catch (IOException exception) {
            throw unreadable(network, exception);
        }
        return new InstalledModel(id, Origin.PATH, folder, network, NetworkCardFile.parse(network, json, digest));
    }

    private static UnfogException unreadable(Path file, IOException exception) {
        return new UnfogException(
                ErrorCode.MODEL_DAMAGED,
                file.toString(),
                "it cannot be read as a network: " + exception.getMessage(),
                "install the network again",
                exception);
    }

    /**
     * Makes sure that a network's file is the one that its card speaks of. What was verified once is not read again
     * until the file changes.
     *
     * @throws UnfogException with {@link ErrorCode#MODEL_DAMAGED} if it is not
     */
    public void verify(InstalledModel model) {
        String digest;
        try {
            digest = digests.sha256(model.network());
        } catch (IOException exception) {
            throw unreadable(model.network(), exception);
        }
        if (!digest.equals(model.card().sha256())) {
            throw new UnfogException(
                    ErrorCode.MODEL_DAMAGED,
                    model.network().toString(),
                    "its SHA-256 is " + digest.substring(0, 12) + "…, and its card says "
                            + model.card().sha256().substring(0, 12) + "…",
                    "install the network again");
        }
    }

    /**
     * One entry of a listing: a network, or what is wrong with its folder.
     *
     * @param id its name
     * @param directory its folder
     * @param model the network, unless its card cannot be used
     * @param failure what is wrong, if something is
     */
    public record Entry(String id, Path directory, Optional<InstalledModel> model, Optional<UnfogException> failure) {}

    /** Returns all that is installed, in the order of search and then of names; the files are not verified. */
    public List<Entry> list() {
        List<Entry> entries = new ArrayList<>();
        list(userModels, "", Origin.USER, entries);
        pluginModels.forEach((plugin, models) -> list(models, plugin + "/", Origin.PLUGIN, entries));
        list(distributionModels, "", Origin.DISTRIBUTION, entries);
        return entries;
    }

    /** Returns all that is installed, as {@link #list()} does, having verified every file. */
    public List<Entry> verify() {
        return list().stream().map(this::verified).toList();
    }

    private Entry verified(Entry entry) {
        try {
            entry.model().ifPresent(this::verify);
            return entry;
        } catch (UnfogException exception) {
            return new Entry(entry.id(), entry.directory(), entry.model(), Optional.of(exception));
        }
    }

    private static void list(Path models, String prefix, Origin origin, List<Entry> entries) {
        for (Path folder : folders(models)) {
            String id = prefix + folder.getFileName();
            try {
                InstalledModel model = read(id, origin, folder);
                entries.add(new Entry(id, folder, Optional.of(model), Optional.empty()));
            } catch (UnfogException exception) {
                entries.add(new Entry(id, folder, Optional.empty(), Optional.of(exception)));
            }
        }
    }

    private static List<Path> folders(Path models) {
        if (!Files.isDirectory(models)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(models)) {
            return entries.filter(entry -> Files.isDirectory(entry)
                            && isName(entry.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.MODEL_NOT_FOUND,
                    models.toString(),
                    "this folder of networks cannot be read: " + exception.getMessage(),
                    "make it readable",
                    exception);
        }
    }

    private List<String> names() {
        List<String> names = list().stream().map(Entry::id).distinct().toList();
        return names.isEmpty() ? List.of("none") : names;
    }
}
