package dev.unfog.core.model;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** SHA-256 of files and texts; that of files is remembered for as long as path, size and time of change stay the same. Safe for many threads. */
public final class FileDigests {
    private final Map<Version, String> known = new ConcurrentHashMap<>();

    private record Version(Path file, long size, FileTime modified) {}

    FileDigests() {}

    /**
     * Returns the digest of a file as 64 lower-case hexadecimal digits.
     *
     * @throws UnfogException with {@link ErrorCode#UNREADABLE_MEDIA} if it cannot be read
     */
    public static String of(Path file) {
        try {
            return compute(file);
        } catch (IOException e) {
            throw new UnfogException(
                    ErrorCode.UNREADABLE_MEDIA,
                    file.toString(),
                    "it cannot be read: " + e.getMessage(),
                    "check the path and its permissions",
                    e);
        }
    }

    /** Returns the digest as 64 lower-case hexadecimal digits. */
    String sha256(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Version version = new Version(file.toRealPath(), attributes.size(), attributes.lastModifiedTime());
        String digest = known.get(version);
        if (digest == null) {
            digest = compute(file);
            known.put(version, digest);
        }
        return digest;
    }

    /** Returns the digest of a text in UTF-8 as 64 lower-case hexadecimal digits. */
    public static String ofText(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String compute(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException exception) {
            throw new IllegalStateException("Every Java has SHA-256", exception);
        }
    }
}
