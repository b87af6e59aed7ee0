package dev.unfog.api;

/**
 * What kind of thing went wrong; the same word is shown on the command line and used as the problem type over REST.
 *
 * @since 0.1.0
 */
public enum ErrorCode {
    /** A file is not what its name says, is cut short, or cannot be decoded. */
    UNREADABLE_MEDIA("UnreadableMedia"),
    /** A file is sound, but of a format or a kind that nothing here handles. */
    UNSUPPORTED_MEDIA("UnsupportedMedia"),
    /** A sample is larger than a stated limit, or claims to be. */
    MEDIA_TOO_LARGE("MediaTooLarge"),
    /** A result cannot be written where it was asked for. */
    OUTPUT_NOT_WRITABLE("OutputNotWritable"),
    /** The disk is full. */
    DISK_FULL("DiskFull"),
    /** A parameter is unknown, out of its range, or does not fit the sample. */
    BAD_PARAMETER("BadParameter"),
    /** No network of that name is installed. */
    MODEL_NOT_FOUND("ModelNotFound"),
    /** A model file is damaged: its SHA-256 is not the one on its card, or it cannot be parsed. */
    MODEL_DAMAGED("ModelDamaged"),
    /** A network does not satisfy the score-network contract. */
    CONTRACT_BROKEN("ContractBroken"),
    /** No plugin, or more than one, could do what was asked. */
    PLUGIN_NOT_FOUND("PluginNotFound"),
    /** A plugin cannot be loaded, or failed in a way that it did not announce. */
    PLUGIN_BROKEN("PluginBroken"),
    /** A plugin needs another version of the host. */
    PLUGIN_INCOMPATIBLE("PluginIncompatible"),
    /** The device that was asked for is not there. */
    DEVICE_UNAVAILABLE("DeviceUnavailable"),
    /** The work was cancelled before it ended. */
    CANCELLED("Cancelled"),
    /** There is not enough memory for the work. */
    OUT_OF_MEMORY("OutOfMemory"),
    /** A fault in Unfog itself. */
    INTERNAL("Internal");

    private final String label;

    ErrorCode(String label) {
        this.label = label;
    }

    /** {@return the word shown to people and machines, such as {@code UnreadableMedia}} */
    public String label() {
        return label;
    }
}
