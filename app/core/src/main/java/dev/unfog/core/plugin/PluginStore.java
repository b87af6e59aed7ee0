package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The plugins on the disk: puts them there, takes them away, switches them off and on, and says whether they are still what was
 * installed. No code of a plugin runs here.
 *
 * <p>A file is copied, the copy is checked, and then it is moved into place in one step: first its SHA-256 and signature, before any of
 * it is looked at, then whether the signer is trusted, then what is in it. For one thread and one process at a time.
 */
public final class PluginStore {
    private static final String RECEIPTS = ".receipts";

    private final Path plugins;
    private final List<Path> directories;
    private final TrustedSigners signers;
    private final Path switchedOff;
    private final String hostVersion;

    /**
     * Creates a store.
     *
     * @param home the user's own folder, with {@code plugins} in it
     * @param directories where plugins are looked for, the user's first
     * @param hostVersion the version that a plugin's {@code requires} is held against
     */
    public PluginStore(Path home, List<Path> directories, String hostVersion) {
        this.plugins = home.resolve("plugins");
        this.directories = List.copyOf(directories);
        this.signers = new TrustedSigners(home.resolve("trusted-signers"));
        this.switchedOff = home.resolve("plugins-disabled");
        this.hostVersion = hostVersion;
    }

    /**
     * What was installed.
     *
     * @param archive what it says about itself
     * @param installed where it lies now
     * @param signer the fingerprint of the key that signed it, if it was signed
     * @param replaced the version that it took the place of, if there was one
     */
    public record Installed(
            PluginArchive archive, Path installed, Optional<String> signer, Optional<String> replaced) {}

    /**
     * Checks a plugin and puts it among the user's.
     *
     * @param file a zip or jar, its signature beside it if it has one, or a folder, which has none
     * @param trust whether to take it although nobody whom the user trusts has signed it; a signer is trusted from then on
     * @param announce told what the plugin is before it is put into place; what it throws keeps the plugin out
     * @throws UnfogException with {@link ErrorCode#PLUGIN_BROKEN} if it is not what was signed, is signed by nobody known and {@code trust}
     *     is false, or holds what only the host may have; with {@link ErrorCode#PLUGIN_INCOMPATIBLE} if it needs another host
     */
    public Installed install(Path file, boolean trust, Consumer<PluginArchive> announce) {
        if (!Files.exists(file)) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_NOT_FOUND, file.toString(), "there is no such file or folder", "check the path");
        }
        Optional<PluginSignature> signature = Files.isDirectory(file) ? Optional.empty() : PluginSignature.beside(file);
        Path copy = null;
        try {
            Files.createDirectories(plugins);
            copy = plugins.resolve(".incoming-" + ProcessHandle.current().pid());
            PluginFile.delete(copy);
            copy(file, copy);
            if (signature.isPresent()) {
                signature.get().verify(file, PluginFile.sha256(copy));
            }
            requireTrust(file, signature, trust);
            PluginArchive archive = PluginArchive.read(copy, file);
            signature.ifPresent(signed -> signed.verify(archive));
            requireCompatible(archive);
            announce.accept(archive);
            Installed installed = put(archive, copy, signature);
            signature.ifPresent(signed -> signers.add(signed.publicKey(), archive.provider()));
            return installed;
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    plugins.toString(),
                    "the plugin cannot be put there: " + PluginExtension.describe(exception),
                    "make the folder writable, or set UNFOG_HOME to one that is",
                    exception);
        } finally {
            deleteQuietly(copy);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static void deleteQuietly(@org.jspecify.annotations.Nullable Path copy) {
        try {
            if (copy != null) {
                PluginFile.delete(copy);
            }
        } catch (IOException exception) {
            throw new java.io.UncheckedIOException(exception);
        }
    }

    private void requireTrust(Path file, Optional<PluginSignature> signature, boolean trust) {
        if (trust) {
            return;
        }
        if (signature.isEmpty()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.toString(),
                    "nobody has signed it, and a plugin runs with all your rights",
                    "if you know where it comes from, add --trust");
        }
        if (signers.nameOf(signature.get().publicKey()).isEmpty()) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.toString(),
                    "it is signed with a key that is not known here, "
                            + signature.get().fingerprint() + ", and a plugin runs with all your rights",
                    "compare the key with what its provider publishes, then add --trust");
        }
    }

    private void requireCompatible(PluginArchive archive) {
        org.pf4j.DefaultPluginDescriptor descriptor = new org.pf4j.DefaultPluginDescriptor(
                archive.id(), archive.description(), "", archive.version(), archive.requires(), "", "");
        boolean isCompatible;
        try {
            isCompatible = new ApiPluginManager(List.of(), hostVersion).isCompatible(descriptor);
        } catch (RuntimeException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    archive.file().toString(),
                    "its requirement '" + archive.requires() + "' is no version range",
                    "tell its provider",
                    exception);
        }
        if (!isCompatible) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_INCOMPATIBLE,
                    archive.file().toString(),
                    "it requires Unfog " + archive.requires() + ", and this is " + hostVersion,
                    "install that version of Unfog, or a version of the plugin made for this one");
        }
    }

    private Installed put(PluginArchive archive, Path copy, Optional<PluginSignature> signature) throws IOException {
        String ending = archive.sha256().isEmpty()
                ? ""
                : archive.file()
                                .getFileName()
                                .toString()
                                .toLowerCase(java.util.Locale.ROOT)
                                .endsWith(".jar")
                        ? ".jar"
                        : ".zip";
        Path target = plugins.resolve(archive.id() + ending);
        Optional<String> replaced = Optional.empty();
        for (PluginArchive former : archives(plugins)) {
            if (former.id().equals(archive.id())) {
                replaced = Optional.of(former.version());
                // A file is replaced in one step; whatever has another name goes first, since two of one id are both
                // refused.
                if (!former.file().equals(target) || Files.isDirectory(target)) {
                    PluginFile.delete(former.file());
                }
            }
        }
        if (Files.isDirectory(target)) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE, target.toString(), "there is a folder in its place", "remove it");
        }
        try {
            Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException exception) {
            Files.move(copy, target, StandardCopyOption.REPLACE_EXISTING);
        }
        Optional<String> signer = signature.map(PluginSignature::fingerprint);
        new PluginReceipt(archive.id(), archive.version(), archive.sha256(), signer.orElse(""))
                .write(receipt(archive.id()));
        return new Installed(archive, target, signer, replaced);
    }

    private Path receipt(String id) {
        return plugins.resolve(RECEIPTS).resolve(id + ".json");
    }

    /** The plugins in a folder that can be read. */
    private static List<PluginArchive> archives(Path directory) {
        List<PluginArchive> archives = new ArrayList<>();
        for (Path entry : entries(directory)) {
            try {
                archives.add(PluginArchive.read(entry));
            } catch (UnfogException exception) {
                // What cannot be read has no id; loading and verifying say so.
                continue;
            }
        }
        return archives;
    }

    private static List<Path> entries(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(PluginFile::looksLikeOne).sorted().toList();
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    directory.toString(),
                    "this folder of plugins cannot be read: " + PluginExtension.describe(exception),
                    "make it readable",
                    exception);
        }
    }

    /**
     * Finds an installed plugin, the user's first.
     *
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if there is none of that id
     */
    public PluginArchive find(String id) {
        for (Path directory : directories) {
            for (PluginArchive archive : archives(directory)) {
                if (archive.id().equals(id)) {
                    return archive;
                }
            }
        }
        throw new UnfogException(
                ErrorCode.PLUGIN_NOT_FOUND,
                id,
                "no plugin of that id is installed",
                "see what is with unfog plugins list");
    }

    /**
     * Takes one of the user's plugins away.
     *
     * @return where it lay
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if the user has none of that id
     */
    public Path remove(String id) {
        for (PluginArchive archive : archives(plugins)) {
            if (archive.id().equals(id)) {
                try {
                    PluginFile.delete(archive.file());
                    Files.deleteIfExists(receipt(id));
                } catch (IOException exception) {
                    throw new UnfogException(
                            ErrorCode.OUTPUT_NOT_WRITABLE,
                            archive.file().toString(),
                            "it cannot be deleted: " + PluginExtension.describe(exception),
                            "end what uses it, and try again",
                            exception);
                }
                return archive.file();
            }
        }
        PluginArchive elsewhere = find(id);
        throw new UnfogException(
                ErrorCode.PLUGIN_NOT_FOUND,
                id,
                "it came with Unfog and lies in " + elsewhere.file(),
                "switch it off with unfog plugins disable " + id);
    }

    /** Returns the ids of the plugins that the user has switched off. */
    public Set<String> disabled() {
        return disabled(switchedOff);
    }

    /**
     * Returns the ids of the plugins that the user has switched off.
     *
     * @param file one id a line; need not exist
     */
    public static Set<String> disabled(Path file) {
        try {
            Set<String> ids = new TreeSet<>();
            if (Files.isRegularFile(file)) {
                Files.readAllLines(file).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .forEach(ids::add);
            }
            return ids;
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.PLUGIN_BROKEN,
                    file.toString(),
                    "it cannot be read: " + PluginExtension.describe(exception),
                    "make it readable, or remove it",
                    exception);
        }
    }

    /**
     * Switches an installed plugin on or off.
     *
     * @throws UnfogException with {@link ErrorCode#PLUGIN_NOT_FOUND} if none of that id is installed
     */
    public void enable(String id, boolean on) {
        Set<String> ids = disabled();
        if (!(on && ids.contains(id))) {
            find(id);
        }
        if (on ? !ids.remove(id) : !ids.add(id)) {
            return;
        }
        try {
            Path part = switchedOff.resolveSibling("." + switchedOff.getFileName() + ".part");
            Files.createDirectories(plugins);
            Files.write(part, ids);
            Files.move(part, switchedOff, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    switchedOff.toString(),
                    "it cannot be written: " + PluginExtension.describe(exception),
                    "make the folder writable, or set UNFOG_HOME to one that is",
                    exception);
        }
    }

    /**
     * What became of an installed plugin.
     *
     * @param file where it lies
     * @param archive what it says about itself, if it can be read
     * @param receipt what was noted when it was installed, if that was noted
     * @param failure what is wrong, if something is
     */
    public record Verification(
            Path file,
            Optional<PluginArchive> archive,
            Optional<PluginReceipt> receipt,
            Optional<UnfogException> failure) {}

    /** Holds every plugin against what was noted when it was installed. */
    public List<Verification> verify() {
        List<Verification> verifications = new ArrayList<>();
        for (Path directory : directories) {
            for (Path entry : entries(directory)) {
                verifications.add(verify(entry, directory.equals(plugins)));
            }
        }
        return verifications;
    }

    private Verification verify(Path entry, boolean isUsers) {
        try {
            PluginArchive archive = PluginArchive.read(entry);
            Optional<PluginReceipt> receipt = isUsers ? PluginReceipt.read(receipt(archive.id())) : Optional.empty();
            boolean isSame = receipt.isEmpty() || receipt.get().sha256().equals(archive.sha256());
            return new Verification(
                    entry,
                    Optional.of(archive),
                    receipt,
                    isSame
                            ? Optional.empty()
                            : Optional.of(new UnfogException(
                                    ErrorCode.PLUGIN_BROKEN,
                                    entry.toString(),
                                    "it has changed since it was installed",
                                    "install it again, or remove it with unfog plugins remove " + archive.id())));
        } catch (UnfogException exception) {
            return new Verification(entry, Optional.empty(), Optional.empty(), Optional.of(exception));
        }
    }

    /**
     * Checks a file that is not installed: its SHA-256 and signature, and what is in it.
     *
     * @return the key that signed it and the name under which that is trusted, each if there is one
     */
    public Optional<Signer> verify(Path file) {
        Optional<PluginSignature> signature = Files.isDirectory(file) ? Optional.empty() : PluginSignature.beside(file);
        PluginArchive archive = PluginArchive.read(file);
        signature.ifPresent(signed -> {
            signed.verify(file, archive.sha256());
            signed.verify(archive);
        });
        return signature.map(signed -> new Signer(signed.fingerprint(), signers.nameOf(signed.publicKey())));
    }

    /**
     * Who signed a plugin.
     *
     * @param fingerprint of the key
     * @param trustedAs the name under which the user trusts it, if they do
     */
    public record Signer(String fingerprint, Optional<String> trustedAs) {}
}
