package dev.unfog.core.plugin;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key with which a provider signs plugins: Ed25519, in a PEM file that holds the private key (PKCS #8) and the public one (X.509).
 */
public final class SigningKey {
    private static final Pattern PRIVATE = block("PRIVATE KEY");
    private static final Pattern PUBLIC = block("PUBLIC KEY");

    private final PrivateKey privateKey;
    private final String publicKey;

    private SigningKey(PrivateKey privateKey, String publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    private static Pattern block(String name) {
        return Pattern.compile("-----BEGIN " + name + "-----\\s+([A-Za-z0-9+/=\\s]+)-----END " + name + "-----");
    }

    /**
     * Makes a key and writes it to a file that only its owner can read.
     *
     * @throws UnfogException with {@link ErrorCode#OUTPUT_NOT_WRITABLE} if the file is there already or cannot be written
     */
    public static SigningKey create(Path file) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            String publicKey =
                    Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
            String text = pem(
                            "PRIVATE KEY",
                            Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()))
                    + pem("PUBLIC KEY", publicKey);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
            Files.writeString(file, text, StandardOpenOption.WRITE);
            return new SigningKey(pair.getPrivate(), publicKey);
        } catch (FileAlreadyExistsException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    file.toString(),
                    "it is there already",
                    "name a new file",
                    exception);
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    file.toString(),
                    "it cannot be written: " + PluginExtension.describe(exception),
                    "name a file in a folder of your own",
                    exception);
        } catch (GeneralSecurityException exception) {
            throw new IllegalStateException("Every Java has Ed25519", exception);
        }
    }

    private static String pem(String name, String base64) {
        return "-----BEGIN " + name + "-----\n" + base64 + "\n-----END " + name + "-----\n";
    }

    /**
     * Reads a key.
     *
     * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if the file is no such key
     */
    public static SigningKey read(Path file) {
        try {
            String text = Files.readString(file);
            Matcher secret = PRIVATE.matcher(text);
            Matcher known = PUBLIC.matcher(text);
            if (!secret.find() || !known.find()) {
                throw new IOException("it lacks a private or a public key");
            }
            byte[] encoded = Base64.getMimeDecoder().decode(secret.group(1));
            return new SigningKey(
                    KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)),
                    known.group(1).replaceAll("\\s", ""));
        } catch (IOException | GeneralSecurityException | IllegalArgumentException exception) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    file.toString(),
                    "it is no signing key: " + PluginExtension.describe(exception),
                    "make one with --new-key",
                    exception);
        }
    }

    /**
     * Signs a plugin; the signature is written beside it.
     *
     * @param archive a zip or a jar
     * @throws UnfogException if it is a folder, or the signature cannot be written
     */
    public PluginSignature sign(PluginArchive archive) {
        if (archive.sha256().isEmpty()) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER, archive.file().toString(), "it is a folder", "pack it as a zip first");
        }
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(privateKey);
            signer.update(PluginSignature.message(archive.id(), archive.version(), archive.sha256()));
            PluginSignature signature = new PluginSignature(
                    archive.id(),
                    archive.version(),
                    archive.sha256(),
                    publicKey,
                    Base64.getEncoder().encodeToString(signer.sign()));
            signature.verify(archive.file(), archive.sha256());
            signature.writeBeside(archive.file());
            return signature;
        } catch (IOException exception) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    PluginSignature.fileOf(archive.file()).toString(),
                    "it cannot be written: " + PluginExtension.describe(exception),
                    "sign a copy in a folder of your own",
                    exception);
        } catch (GeneralSecurityException exception) {
            throw new IllegalStateException("Every Java has Ed25519", exception);
        }
    }
}
