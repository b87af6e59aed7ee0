package dev.unfog.cli;

import dev.unfog.core.plugin.PluginArchive;
import dev.unfog.core.plugin.PluginStore;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Says what a plugin is, from its file alone, so before any of it runs.
 *
 * @param archive what it says about itself
 * @param signedBy what is known of who signed it
 */
record PluginReport(PluginArchive archive, String signedBy) {
    static final String FULL_RIGHTS =
            "A plugin runs with all your rights: it can read and write whatever you can, and use the network.";

    /** Prints it for people. */
    void print(PrintWriter out) {
        out.println(archive.id() + " " + archive.version());
        line(out, "", archive.description());
        line(out, "provider", archive.provider());
        line(out, "licence", archive.license());
        line(out, "requires", archive.requires().equals("*") ? "" : "Unfog " + archive.requires());
        line(out, "needs", String.join(", ", archive.dependencies()));
        line(out, "runs", String.join(", ", archive.extensions()));
        line(out, "networks", String.join(", ", archive.networks()));
        line(out, "libraries", String.join(", ", archive.libraries()));
        line(out, "size", String.format(Locale.ROOT, "%.1f MB", archive.bytes() / 1e6));
        line(out, "sha-256", archive.sha256());
        line(out, "signed by", signedBy);
    }

    private static void line(PrintWriter out, String label, String value) {
        if (!value.isEmpty()) {
            out.println(String.format(Locale.ROOT, "    %-10s %s", label, value).replaceFirst("^ {15}", "    "));
        }
    }

    /** Returns it for machines. */
    Map<String, Object> json() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", archive.id());
        object.put("version", archive.version());
        object.put("description", archive.description());
        object.put("provider", archive.provider());
        object.put("license", archive.license());
        object.put("requires", archive.requires());
        object.put("dependencies", archive.dependencies());
        object.put("extensions", archive.extensions());
        object.put("networks", archive.networks());
        object.put("libraries", archive.libraries());
        object.put("bytes", archive.bytes());
        object.put("sha256", archive.sha256());
        object.put("signedBy", signedBy);
        object.put("path", archive.file().toString());
        return object;
    }

    /** Returns what to say of a signer: the fingerprint of the key, and whether it is known. */
    static String signer(Optional<PluginStore.Signer> signer) {
        return signer.map(known -> known.fingerprint()
                        + known.trustedAs()
                                .map(name -> ", which you trust" + (name.isEmpty() ? "" : " as " + name))
                                .orElse(", which is not known here"))
                .orElse("nobody");
    }
}
