package dev.unfog.server.rest;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** The web page: a fixed list of files from the jar, read once. */
public final class Page {
    private static final String FOLDER = "/dev/unfog/server/page/";
    private static final List<String> FILES = List.of(
            "index.html",
            "style.css",
            "icon.svg",
            "app.js",
            "api.js",
            "audio.js",
            "dom.js",
            "form.js",
            "jobs.js",
            "picture.js",
            "scores.js",
            "spectrum.js");

    /** Adds the page at {@code /} and its files beside it. */
    public void addTo(RoutesConfig routes) {
        for (String name : FILES) {
            byte[] content = read(name);
            String tag = '"' + digest(content) + '"';
            routes.get(name.equals("index.html") ? "/" : "/" + name, context -> {
                context.header("Cache-Control", "no-cache").header("ETag", tag);
                if (tag.equals(context.header("If-None-Match"))) {
                    context.status(304);
                    return;
                }
                context.contentType(mediaType(name)).result(content);
            });
        }
    }

    private static byte[] read(String name) {
        try (InputStream in = Page.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static String mediaType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> "text/javascript; charset=utf-8";
        };
    }
}
