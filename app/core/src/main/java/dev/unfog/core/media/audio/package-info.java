/**
 * Reads and writes recordings: WAV and FLAC itself (jFLAC reads it), AIFF and AU through Java Sound, Ogg Vorbis and MP3 by their
 * decoders, anything else through ffmpeg where it is installed. Microphones and loudspeakers too.
 *
 * <p>Recordings are never held in memory: PCM is read where it lies, the rest is decoded once into scratch files.
 */
@NullMarked
package dev.unfog.core.media.audio;

import org.jspecify.annotations.NullMarked;
