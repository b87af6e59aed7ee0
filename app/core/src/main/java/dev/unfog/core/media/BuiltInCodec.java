package dev.unfog.core.media;

import dev.unfog.api.media.Codec;

/** A codec of the host, which knows its files by their content whatever they are called. */
public interface BuiltInCodec extends Codec {
    /**
     * Returns whether a file is one of its own.
     *
     * @param head the file's first bytes, 64 where there are as many
     */
    boolean recognises(byte[] head);
}
