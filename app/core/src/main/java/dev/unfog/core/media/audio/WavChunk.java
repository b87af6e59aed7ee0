package dev.unfog.core.media.audio;

/**
 * A piece of a WAV file besides the sound, kept as it is.
 *
 * @param id four letters
 * @param content what follows its length
 */
record WavChunk(String id, byte[] content) {}
