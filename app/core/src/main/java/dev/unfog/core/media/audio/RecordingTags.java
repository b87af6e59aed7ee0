package dev.unfog.core.media.audio;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a file says besides the sound: texts, in the names that Vorbis comments have, and pieces that go with a result of the same
 * format as they are.
 *
 * @param texts by name in upper case, such as {@code TITLE}, each once or more
 * @param chunks of a WAV file: marks, broadcast data and the like
 * @param blocks of a FLAC file: pictures and the like
 */
record RecordingTags(Map<String, List<String>> texts, List<WavChunk> chunks, List<FlacBlock> blocks) {
    /** Nothing. */
    static final RecordingTags NONE = new RecordingTags(Map.of(), List.of(), List.of());

    /** The names of texts elsewhere: in a LIST of a WAV file, in an ID3 tag, in an AIFF file. */
    private static final List<String[]> NAMES = List.of(
            new String[] {"TITLE", "INAM", "TIT2", "NAME"},
            new String[] {"ARTIST", "IART", "TPE1", "AUTH"},
            new String[] {"ALBUM", "IPRD", "TALB", ""},
            new String[] {"DATE", "ICRD", "TDRC", ""},
            new String[] {"GENRE", "IGNR", "TCON", ""},
            new String[] {"TRACKNUMBER", "ITRK", "TRCK", ""},
            new String[] {"COMMENT", "ICMT", "COMM", "ANNO"},
            new String[] {"COPYRIGHT", "ICOP", "TCOP", "(c) "});

    /**
     * A metadata block of a FLAC file.
     *
     * @param type its number
     * @param content what follows its length
     */
    record FlacBlock(int type, byte[] content) {
        /** The number of the block that holds texts. */
        static final int COMMENTS = 4;
    }

    /** Keeps copies. */
    RecordingTags {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        texts.forEach((name, values) -> copy.put(name.toUpperCase(Locale.ROOT), List.copyOf(values)));
        texts = copy;
        chunks = List.copyOf(chunks);
        blocks = List.copyOf(blocks);
    }

    /** Where a text stands: which column of {@link #NAMES}. */
    enum Place {
        /** A LIST of kind INFO in a WAV file. */
        WAV,
        /** An ID3 tag. */
        ID3,
        /** An AIFF file. */
        AIFF
    }

    /** Returns the name of a text that stands elsewhere under a name of four letters; empty if it is none of those that are kept. */
    static String nameOf(Place place, String letters) {
        for (String[] names : NAMES) {
            if (names[1 + place.ordinal()].equals(letters)) {
                return names[0];
            }
        }
        return "";
    }

    /** Returns the texts that have a name of four letters elsewhere, in a fixed order. */
    Map<String, String> textsFor(Place place) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String[] names : NAMES) {
            List<String> values = texts.get(names[0]);
            String letters = names[1 + place.ordinal()];
            if (values != null && !letters.isEmpty()) {
                found.put(letters, String.join("; ", values));
            }
        }
        return found;
    }

    /** Collects texts. */
    static final class Texts {
        private final Map<String, List<String>> texts = new LinkedHashMap<>();

        void add(String name, String value) {
            if (!name.isEmpty() && !value.isBlank()) {
                texts.computeIfAbsent(name.toUpperCase(Locale.ROOT), key -> new ArrayList<>())
                        .add(value);
            }
        }

        Map<String, List<String>> all() {
            return texts;
        }
    }
}
