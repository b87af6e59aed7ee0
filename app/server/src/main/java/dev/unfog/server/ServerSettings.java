package dev.unfog.server;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.server.job.JobLimits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the server is run. Safe by default: it listens to this machine alone, and to others only if a token guards it.
 */
public final class ServerSettings {
    /** The port unless another is named. */
    public static final int DEFAULT_PORT = 7878;

    private static final int SHORTEST_TOKEN = 16;

    private final String host;
    private final int port;
    private final @Nullable String token;
    private final Path folder;
    private final JobLimits limits;

    private ServerSettings(Builder builder) {
        host = builder.host;
        port = builder.port;
        token = builder.token;
        folder = Objects.requireNonNull(builder.folder, "setFolder");
        limits = builder.limits;
        if (token != null && token.length() < SHORTEST_TOKEN) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--token",
                    "it is shorter than " + SHORTEST_TOKEN + " characters",
                    "make one with: openssl rand -hex 16");
        }
        if (!isLoopback(host) && token == null) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--host " + host,
                    "other machines could reach the server, and no token guards it",
                    "add --token, or set the environment variable UNFOG_TOKEN");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new UnfogException(
                    ErrorCode.BAD_PARAMETER,
                    "--host " + host,
                    "there is no such host",
                    "name an address of this machine",
                    e);
        }
    }

    /** Returns the address that it listens at. */
    public String host() {
        return host;
    }

    /** Returns the port; 0 for any that is free. */
    public int port() {
        return port;
    }

    /** Returns the token that every request must know, if there is one. */
    public Optional<String> token() {
        return Optional.ofNullable(token);
    }

    /** Returns the folder in which jobs are kept. */
    public Path folder() {
        return folder;
    }

    /** Returns what is allowed. */
    public JobLimits limits() {
        return limits;
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds settings. */
    public static final class Builder {
        private String host = "127.0.0.1";
        private int port = DEFAULT_PORT;
        private @Nullable String token;
        private @Nullable Path folder;
        private JobLimits limits = JobLimits.DEFAULT;

        private Builder() {}

        /** Sets the folder in which jobs are kept; made if it is not there. */
        public Builder setFolder(Path value) {
            folder = value;
            return this;
        }

        /** Sets the address to listen at; one that other machines reach needs a token. */
        public Builder optHost(String value) {
            host = value;
            return this;
        }

        /** Sets the port; 0 for any that is free. */
        public Builder optPort(int value) {
            port = value;
            return this;
        }

        /** Sets the token that every request must know. */
        public Builder optToken(@Nullable String value) {
            token = value;
            return this;
        }

        /** Sets what is allowed. */
        public Builder optLimits(JobLimits value) {
            limits = value;
            return this;
        }

        /**
         * Returns the settings.
         *
         * @throws UnfogException with {@link ErrorCode#BAD_PARAMETER} if other machines could reach it without a token, or the token
         *     is too short
         */
        public ServerSettings build() {
            return new ServerSettings(this);
        }
    }
}
