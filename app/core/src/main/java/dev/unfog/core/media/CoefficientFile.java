package dev.unfog.core.media;

import dev.unfog.api.media.JpegCoefficients;
import dev.unfog.api.media.PictureLayout;
import dev.unfog.api.media.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A JPEG's coefficients in a scratch file, turned upright as they are read.
 *
 * <p>Turning a block over negates its coefficients of odd frequency in that direction; laying it on its side swaps the two
 * frequencies. The file is gone once this is closed, or the process has ended.
 */
final class CoefficientFile implements JpegCoefficients {
    private static final int VALUES = BLOCK * BLOCK;

    private final Path directory;
    private final FileChannel channel;
    private final Transform transform;
    private final int orientation;
    /** As they lie in the file. */
    private final List<Component> stored;

    private final List<Component> upright = new ArrayList<>();
    private final long[] starts;
    private final int left;
    private final int top;

    /**
     * Makes a file in which all coefficients are 0.
     *
     * @param directory an existing folder
     * @param transform what the components stand for
     * @param stored the components as the JPEG has them
     * @param width columns of the picture as the JPEG has it
     * @param height rows of the picture as the JPEG has it
     * @param orientation how to turn it upright, as in EXIF
     */
    CoefficientFile(
            Path directory, Transform transform, List<Component> stored, int width, int height, int orientation) {
        this.directory = directory;
        this.transform = transform;
        this.stored = List.copyOf(stored);
        this.orientation = orientation;
        this.starts = new long[stored.size()];
        boolean swaps = Orientation.swapsSides(orientation);
        long end = 0;
        for (int index = 0; index < stored.size(); index++) {
            Component component = stored.get(index);
            starts[index] = end;
            end += (long) component.blocksAcross() * component.blocksDown() * VALUES * Short.BYTES;
            upright.add(swaps ? onItsSide(component) : component);
        }
        Component first = stored.get(0);
        int right = first.blocksAcross() * BLOCK * first.horizontal() - width;
        int below = first.blocksDown() * BLOCK * first.vertical() - height;
        int beforeColumns = Orientation.fromRight(orientation) ? right : 0;
        int beforeRows = Orientation.fromBottom(orientation) ? below : 0;
        this.left = swaps ? beforeRows : beforeColumns;
        this.top = swaps ? beforeColumns : beforeRows;
        try {
            this.channel = FileChannel.open(
                    directory.resolve("picture-" + UUID.randomUUID() + ".coefficients"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SPARSE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            channel.write(ByteBuffer.wrap(new byte[1]), end - 1);
        } catch (IOException e) {
            throw FileProblems.scratch(directory, e);
        }
    }

    private static Component onItsSide(Component component) {
        List<Integer> steps = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            steps.add(component.steps().get(i % BLOCK * BLOCK + i / BLOCK));
        }
        return new Component(
                component.vertical(), component.horizontal(), component.blocksDown(), component.blocksAcross(), steps);
    }

    /** Returns the components as the JPEG has them. */
    List<Component> stored() {
        return stored;
    }

    /**
     * Reads a row of blocks as the JPEG has it.
     *
     * @param coefficients receives 64 numbers for each block
     */
    void readRow(int component, int row, short[] coefficients) {
        Component shape = stored.get(component);
        transfer(component, 0, row, shape.blocksAcross(), coefficients, 0, false);
    }

    /** Writes a row of blocks as the JPEG has it. */
    void writeRow(int component, int row, short[] coefficients) {
        Component shape = stored.get(component);
        transfer(component, 0, row, shape.blocksAcross(), coefficients, 0, true);
    }

    private void transfer(
            int component, int column, int row, int blocks, short[] coefficients, int offset, boolean write) {
        long block = (long) row * stored.get(component).blocksAcross() + column;
        long position = starts[component] + block * VALUES * Short.BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(blocks * VALUES * Short.BYTES).order(ByteOrder.nativeOrder());
        try {
            if (write) {
                bytes.asShortBuffer().put(coefficients, offset, blocks * VALUES);
            }
            while (bytes.hasRemaining()) {
                long at = position + bytes.position();
                int moved = write ? channel.write(bytes, at) : channel.read(bytes, at);
                if (moved < 0) {
                    throw new IOException("the scratch file is shorter than the picture");
                }
            }
            if (!write) {
                bytes.flip();
                bytes.asShortBuffer().get(coefficients, offset, blocks * VALUES);
            }
        } catch (IOException e) {
            throw FileProblems.scratch(directory, e);
        }
    }

    @Override
    public Transform transform() {
        return transform;
    }

    @Override
    public List<Component> components() {
        return List.copyOf(upright);
    }

    @Override
    public int left() {
        return left;
    }

    @Override
    public int top() {
        return top;
    }

    @Override
    public void read(int component, Region blocks, short[] coefficients) {
        Component shape = upright.get(component);
        if (blocks.x() + blocks.width() > shape.blocksAcross()
                || blocks.y() + blocks.height() > shape.blocksDown()
                || blocks.area() * VALUES > coefficients.length) {
            throw new IllegalArgumentException(blocks + " leaves the component of " + shape.blocksAcross() + "x"
                    + shape.blocksDown() + " blocks, or does not fit into " + coefficients.length + " values");
        }
        Component original = stored.get(component);
        PictureLayout grid = new PictureLayout(
                original.blocksAcross(),
                original.blocksDown(),
                PictureLayout.Color.GREY,
                false,
                PictureLayout.Depth.UINT16);
        Region source = Orientation.stored(blocks, grid, orientation);
        short[] read = orientation == 1 ? coefficients : new short[Math.toIntExact(blocks.area() * VALUES)];
        for (int row = 0; row < source.height(); row++) {
            int offset = row * source.width() * VALUES;
            transfer(component, source.x(), source.y() + row, source.width(), read, offset, false);
        }
        if (orientation == 1) {
            return;
        }
        boolean swaps = Orientation.swapsSides(orientation);
        boolean mirrored = Orientation.fromRight(orientation);
        boolean upsideDown = Orientation.fromBottom(orientation);
        for (int y = 0; y < blocks.height(); y++) {
            for (int x = 0; x < blocks.width(); x++) {
                int column = swaps ? y : x;
                int row = swaps ? x : y;
                column = mirrored ? source.width() - 1 - column : column;
                row = upsideDown ? source.height() - 1 - row : row;
                int from = (row * source.width() + column) * VALUES;
                int to = (y * blocks.width() + x) * VALUES;
                for (int i = 0; i < VALUES; i++) {
                    int across = swaps ? i / BLOCK : i % BLOCK;
                    int down = swaps ? i % BLOCK : i / BLOCK;
                    boolean negative = (mirrored && across % 2 == 1) != (upsideDown && down % 2 == 1);
                    short value = read[from + down * BLOCK + across];
                    coefficients[to + i] = negative ? (short) -value : value;
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw FileProblems.scratch(directory, e);
        }
    }
}
