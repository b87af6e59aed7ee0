package dev.unfog.core.media;

import dev.unfog.api.media.JpegCoefficients.Component;
import dev.unfog.api.media.JpegCoefficients.Transform;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the quantised coefficients of a baseline, extended or progressive JPEG, undoing the Huffman coding alone (ITU-T T.81,
 * F.2 and G.2).
 *
 * <p>Works on one row of blocks at a time. For one thread.
 */
final class JpegCoefficientDecoder {
    private static final int VALUES = 64;

    private final JpegFile structure;
    private final CoefficientFile coefficients;
    private final HuffmanTable[] directCurrent = new HuffmanTable[4];
    private final HuffmanTable[] alternatingCurrent = new HuffmanTable[4];
    private int restartInterval;

    /** What a scan's header says of one component, and where decoding it stands. */
    private static final class ScanComponent {
        private final int index;
        private final JpegFile.Component frame;
        private final @Nullable HuffmanTable directCurrent;
        private final @Nullable HuffmanTable alternatingCurrent;
        private final short[][] rows;
        private int prediction;

        ScanComponent(
                int index,
                JpegFile.Component frame,
                @Nullable HuffmanTable directCurrent,
                @Nullable HuffmanTable alternatingCurrent,
                int rowLength,
                int rows) {
            this.index = index;
            this.frame = frame;
            this.directCurrent = directCurrent;
            this.alternatingCurrent = alternatingCurrent;
            this.rows = new short[rows][rowLength];
        }
    }

    /** Which part of the coefficients a scan holds: from {@code start} to {@code end} in zigzag order, in bits down to {@code low}. */
    private record Part(int start, int end, int high, int low) {}

    private JpegCoefficientDecoder(JpegFile structure, CoefficientFile coefficients) {
        this.structure = structure;
        this.coefficients = coefficients;
    }

    /**
     * Decodes a file.
     *
     * @param file a JPEG
     * @param directory where to put the coefficients
     * @return empty where the components are inks, or are not sampled at the picture's resolution divided by 1, 2 or 4
     */
    static Optional<CoefficientFile> decode(Path file, Path directory) {
        JpegFile structure = JpegFile.read(file);
        List<Component> components = components(structure);
        if (components.isEmpty()) {
            return Optional.empty();
        }
        CoefficientFile coefficients = new CoefficientFile(
                directory,
                structure.space() == JpegFile.Space.YCBCR ? Transform.YCBCR : Transform.NONE,
                components,
                structure.width(),
                structure.height(),
                structure.orientation());
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            new JpegCoefficientDecoder(structure, coefficients).walk(new EntropyReader(in));
            return Optional.of(coefficients);
        } catch (EOFException e) {
            coefficients.close();
            throw FileProblems.cutShort(file, e);
        } catch (IOException e) {
            coefficients.close();
            throw FileProblems.damaged(file, "its coefficients cannot be decoded (" + e.getMessage() + ")", e);
        } catch (RuntimeException | Error e) {
            coefficients.close();
            throw e;
        }
    }

    private static List<Component> components(JpegFile structure) {
        List<JpegFile.Component> frame = structure.components();
        List<Component> components = new ArrayList<>();
        int across = highest(frame, true);
        int down = highest(frame, false);
        for (JpegFile.Component component : frame) {
            int horizontal = across / component.horizontal();
            int vertical = down / component.vertical();
            boolean whole = horizontal * component.horizontal() == across && vertical * component.vertical() == down;
            if (frame.size() == 4 || !whole || horizontal == 3 || vertical == 3) {
                return List.of();
            }
            components.add(new Component(
                    horizontal,
                    vertical,
                    frame.size() == 1
                            ? blocks(structure.width(), 1)
                            : blocks(structure.width(), across) * component.horizontal(),
                    frame.size() == 1
                            ? blocks(structure.height(), 1)
                            : blocks(structure.height(), down) * component.vertical(),
                    structure.steps(component)));
        }
        return components;
    }

    private static int highest(List<JpegFile.Component> frame, boolean across) {
        return frame.stream()
                .mapToInt(component -> across ? component.horizontal() : component.vertical())
                .max()
                .orElseThrow();
    }

    private static int blocks(int samples, int blocks) {
        return (samples + 8 * blocks - 1) / (8 * blocks);
    }

    private void walk(EntropyReader in) throws IOException {
        int marker = in.marker();
        while (marker != 0xd9) {
            if (marker == 0x01 || marker >= 0xd0 && marker <= 0xd8) {
                marker = in.marker();
                continue;
            }
            byte[] size = in.bytes(2);
            byte[] body = in.bytes(((size[0] & 0xff) << 8 | size[1] & 0xff) - 2);
            switch (marker) {
                case 0xc4 -> readTables(body);
                case 0xdd -> readRestartInterval(body);
                case 0xda -> readScan(body, in);
                default -> {}
            }
            marker = in.marker();
        }
    }

    private void readRestartInterval(byte[] body) throws EOFException {
        if (body.length < 2) {
            throw new EOFException();
        }
        restartInterval = (body[0] & 0xff) << 8 | body[1] & 0xff;
    }

    private void readTables(byte[] body) throws IOException {
        int at = 0;
        while (at < body.length) {
            HuffmanTable table = new HuffmanTable(body, at + 1);
            HuffmanTable[] tables = (body[at] & 0xf0) == 0 ? directCurrent : alternatingCurrent;
            tables[body[at] & 3] = table;
            at += 1 + table.bytes();
        }
    }

    private void readScan(byte[] body, EntropyReader in) throws IOException {
        int count = body.length == 0 ? 0 : body[0];
        if (count < 1 || count > structure.components().size() || body.length < 4 + 2 * count) {
            throw new IOException("a scan's header is not sound");
        }
        int at = 1 + 2 * count;
        Part part = structure.isProgressive()
                ? new Part(body[at] & 0xff, body[at + 1] & 0xff, (body[at + 2] & 0xff) >> 4, body[at + 2] & 0xf)
                : new Part(0, VALUES - 1, 0, 0);
        if (part.start() > part.end()
                || part.end() >= VALUES
                || part.low() > 13
                || structure.isProgressive() && part.start() == 0 && part.end() != 0
                || part.start() > 0 && count > 1) {
            throw new IOException("a scan's header is not sound");
        }
        List<ScanComponent> scan = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int id = body[1 + 2 * i] & 0xff;
            int tables = body[2 + 2 * i];
            int index = 0;
            while (structure.components().get(index).id() != id) {
                index++;
                if (index == structure.components().size()) {
                    throw new IOException("a scan names a component that is not there");
                }
            }
            JpegFile.Component frame = structure.components().get(index);
            scan.add(new ScanComponent(
                    index,
                    frame,
                    directCurrent[tables >> 4 & 3],
                    alternatingCurrent[tables & 3],
                    coefficients.stored().get(index).blocksAcross() * VALUES,
                    count == 1 ? 1 : frame.vertical()));
        }
        new Scan(in, part, scan).decode();
    }

    /** One pass over the blocks. */
    private final class Scan {
        private final EntropyReader in;
        private final Part part;
        private final List<ScanComponent> components;
        private int untilRestart = restartInterval;
        private int restarts;
        /** How many more blocks have nothing new in this scan. */
        private int endOfBandRun;

        Scan(EntropyReader in, Part part, List<ScanComponent> components) {
            this.in = in;
            this.part = part;
            this.components = components;
        }

        void decode() throws IOException {
            ScanComponent first = components.get(0);
            Component shape = coefficients.stored().get(first.index);
            if (components.size() == 1) {
                int across = blocks(structure.width(), shape.horizontal());
                int down = blocks(structure.height(), shape.vertical());
                for (int row = 0; row < down; row++) {
                    coefficients.readRow(first.index, row, first.rows[0]);
                    for (int column = 0; column < across; column++) {
                        restartWhereDue();
                        decodeBlock(first, first.rows[0], column * VALUES);
                    }
                    coefficients.writeRow(first.index, row, first.rows[0]);
                }
                return;
            }
            int across = shape.blocksAcross() / first.frame.horizontal();
            int down = shape.blocksDown() / first.frame.vertical();
            for (int row = 0; row < down; row++) {
                for (ScanComponent component : components) {
                    for (int i = 0; i < component.rows.length; i++) {
                        coefficients.readRow(component.index, row * component.rows.length + i, component.rows[i]);
                    }
                }
                for (int unit = 0; unit < across; unit++) {
                    restartWhereDue();
                    for (ScanComponent component : components) {
                        int horizontal = component.frame.horizontal();
                        for (short[] blocks : component.rows) {
                            for (int x = 0; x < horizontal; x++) {
                                decodeBlock(component, blocks, (unit * horizontal + x) * VALUES);
                            }
                        }
                    }
                }
                for (ScanComponent component : components) {
                    for (int i = 0; i < component.rows.length; i++) {
                        coefficients.writeRow(component.index, row * component.rows.length + i, component.rows[i]);
                    }
                }
            }
        }

        private void restartWhereDue() throws IOException {
            if (restartInterval == 0) {
                return;
            }
            if (untilRestart == 0) {
                int marker = in.marker();
                if (marker != 0xd0 + restarts % 8) {
                    throw new IOException("a restart marker is not where it should be");
                }
                restarts++;
                untilRestart = restartInterval;
                endOfBandRun = 0;
                components.forEach(component -> component.prediction = 0);
            }
            untilRestart--;
        }

        private void decodeBlock(ScanComponent component, short[] blocks, int at) throws IOException {
            if (!structure.isProgressive()) {
                decodeSequential(component, blocks, at);
            } else if (part.start() == 0) {
                if (part.high() == 0) {
                    component.prediction += difference(component);
                    blocks[at] = (short) (component.prediction << part.low());
                } else {
                    blocks[at] |= (short) (in.read(1) << part.low());
                }
            } else if (part.high() == 0) {
                decodeBand(component, blocks, at);
            } else {
                refineBand(component, blocks, at);
            }
        }

        private int difference(ScanComponent component) throws IOException {
            int category = table(component.directCurrent).next(in);
            if (category > 15) {
                throw new IOException("a coefficient is too large");
            }
            return in.signed(category);
        }

        private void decodeSequential(ScanComponent component, short[] blocks, int at) throws IOException {
            HuffmanTable table = table(component.alternatingCurrent);
            component.prediction += difference(component);
            blocks[at] = (short) component.prediction;
            int k = 1;
            while (k < VALUES) {
                int symbol = table.next(in);
                int zeros = symbol >> 4;
                int category = symbol & 0xf;
                if (category == 0 && zeros < 15) {
                    return;
                }
                k += zeros;
                put(blocks, at, k, in.signed(category));
                k++;
            }
        }

        private void decodeBand(ScanComponent component, short[] blocks, int at) throws IOException {
            if (endOfBandRun > 0) {
                endOfBandRun--;
                return;
            }
            HuffmanTable table = table(component.alternatingCurrent);
            int k = part.start();
            while (k <= part.end()) {
                int symbol = table.next(in);
                int zeros = symbol >> 4;
                int category = symbol & 0xf;
                if (category == 0 && zeros < 15) {
                    endOfBandRun = (1 << zeros) + in.read(zeros) - 1;
                    return;
                }
                k += zeros;
                put(blocks, at, k, in.signed(category) << part.low());
                k++;
            }
        }

        /** Adds one bit to the coefficients that are not 0, and finds those that become so (T.81, G.1.2.3). */
        private void refineBand(ScanComponent component, short[] blocks, int at) throws IOException {
            int bit = 1 << part.low();
            int k = part.start();
            if (endOfBandRun == 0) {
                HuffmanTable table = table(component.alternatingCurrent);
                while (k <= part.end()) {
                    int symbol = table.next(in);
                    int zeros = symbol >> 4;
                    int category = symbol & 0xf;
                    int value = 0;
                    if (category == 1) {
                        value = in.read(1) == 1 ? bit : -bit;
                    } else if (category != 0) {
                        throw new IOException("a refinement is too large");
                    } else if (zeros < 15) {
                        endOfBandRun = (1 << zeros) + in.read(zeros);
                        break;
                    }
                    while (k <= part.end()) {
                        int place = at + JpegFile.natural(k);
                        if (blocks[place] != 0) {
                            refine(blocks, place, bit);
                        } else if (zeros == 0) {
                            break;
                        } else {
                            zeros--;
                        }
                        k++;
                    }
                    if (value != 0) {
                        put(blocks, at, k, value);
                    }
                    k++;
                }
            }
            if (endOfBandRun > 0) {
                for (; k <= part.end(); k++) {
                    int place = at + JpegFile.natural(k);
                    if (blocks[place] != 0) {
                        refine(blocks, place, bit);
                    }
                }
                endOfBandRun--;
            }
        }

        private void refine(short[] blocks, int place, int bit) throws IOException {
            if (in.read(1) == 1 && (blocks[place] & bit) == 0) {
                blocks[place] += (short) (blocks[place] > 0 ? bit : -bit);
            }
        }

        private void put(short[] blocks, int at, int k, int value) throws IOException {
            if (k >= VALUES) {
                throw new IOException("a block holds more than 64 coefficients");
            }
            blocks[at + JpegFile.natural(k)] = (short) value;
        }

        private HuffmanTable table(@Nullable HuffmanTable table) throws IOException {
            if (table == null) {
                throw new IOException("a Huffman table is missing");
            }
            return table;
        }
    }
}
