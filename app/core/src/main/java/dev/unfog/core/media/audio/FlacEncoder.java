package dev.unfog.core.media.audio;

import dev.unfog.api.media.AudioLayout;
import dev.unfog.core.media.audio.RecordingTags.FlacBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes FLAC (RFC 9639): blocks of 4096 frames, each channel predicted from the values before it by a polynomial or by linear
 * prediction, whichever leaves less; two channels also by their middle and difference; what is left in Rice codes.
 *
 * <p>For one thread.
 */
final class FlacEncoder {
    /** The most channels that the format holds. */
    static final int MOST_CHANNELS = 8;
    /** The most bits of a value that every decoder reads. */
    static final int MOST_BITS = 24;

    private static final int BLOCK = 4096;
    private static final int LARGEST_FIXED_ORDER = 4;
    private static final int LARGEST_ORDER = 8;
    private static final int COEFFICIENT_BITS = 14;
    private static final int LARGEST_RICE = 14;
    private static final int LARGEST_PARTITION_ORDER = 5;

    private final FileChannel channel;
    private final AudioLayout layout;
    private final int bits;
    private final Bits out = new Bits();
    private final MessageDigest digest;
    private long frames;
    private long number;
    private int smallestFrame = Integer.MAX_VALUE;
    private int largestFrame;

    /**
     * Begins a file.
     *
     * @param channel receives it from position 0; not closed
     * @param bits of one value, 8, 16 or 24
     * @param blocks metadata blocks, in order
     */
    FlacEncoder(FileChannel channel, AudioLayout layout, int bits, List<FlacBlock> blocks) throws IOException {
        this.channel = channel;
        this.layout = layout;
        this.bits = bits;
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has MD5", e);
        }
        out.put(0x664c6143L, 32);
        header(blocks.isEmpty(), new byte[16]);
        for (int i = 0; i < blocks.size(); i++) {
            FlacBlock block = blocks.get(i);
            out.put(i == blocks.size() - 1 ? 1 : 0, 1);
            out.put(block.type(), 7);
            out.put(block.content().length, 24);
            out.put(block.content());
        }
        out.flush();
    }

    /** Writes the block that says what the stream is; once more at the end, when all of it is known. */
    private void header(boolean isLast, byte[] sum) {
        out.put(isLast ? 1 : 0, 1);
        out.put(0, 7);
        out.put(34, 24);
        out.put(BLOCK, 16);
        out.put(BLOCK, 16);
        out.put(smallestFrame == Integer.MAX_VALUE ? 0 : smallestFrame, 24);
        out.put(largestFrame, 24);
        out.put(layout.sampleRate(), 20);
        out.put(layout.channels() - 1, 3);
        out.put(bits - 1, 5);
        out.put(frames, 36);
        out.put(sum);
    }

    /**
     * Encodes frames; all calls but the last are for a multiple of the block.
     *
     * @param values {@code [channels][count]}
     */
    void encode(int[][] values, int count) throws IOException {
        for (int at = 0; at < count; at += BLOCK) {
            int length = Math.min(BLOCK, count - at);
            int[][] block = new int[values.length][];
            for (int c = 0; c < values.length; c++) {
                block[c] = Arrays.copyOfRange(values[c], at, at + length);
            }
            digest(block, length);
            frame(block, length);
            frames += length;
        }
    }

    /** Returns how many frames a block has. */
    static int blockFrames() {
        return BLOCK;
    }

    /** Completes the file. */
    void finish() throws IOException {
        ByteBuffer first = ByteBuffer.allocate(1);
        channel.read(first, 4);
        boolean isLast = first.get(0) < 0;
        channel.position(4);
        header(isLast, digest.digest());
        out.flush();
    }

    private void digest(int[][] block, int length) {
        int bytes = (bits + 7) / 8;
        byte[] interleaved = new byte[length * block.length * bytes];
        for (int frame = 0, at = 0; frame < length; frame++) {
            for (int[] values : block) {
                for (int i = 0; i < bytes; i++) {
                    interleaved[at++] = (byte) (values[frame] >> 8 * i);
                }
            }
        }
        digest.update(interleaved);
    }

    private void frame(int[][] block, int length) throws IOException {
        int from = out.size();
        out.put(0b11111111111110L, 14);
        out.put(0, 2);
        // The length in 16 bits at the end of the header; rate and width are the stream's.
        out.put(0b0111, 4);
        out.put(0, 4);
        Subframe[] subframes = new Subframe[block.length];
        int assignment = block.length - 1;
        for (int c = 0; c < block.length; c++) {
            subframes[c] = Subframe.best(block[c], length, bits);
        }
        if (block.length == 2) {
            int[] middle = new int[length];
            int[] side = new int[length];
            for (int i = 0; i < length; i++) {
                middle[i] = block[0][i] + block[1][i] >> 1;
                side[i] = block[0][i] - block[1][i];
            }
            Subframe left = subframes[0];
            Subframe right = subframes[1];
            Subframe middles = Subframe.best(middle, length, bits);
            Subframe sides = Subframe.best(side, length, bits + 1);
            long[] sizes = {
                left.size + right.size, left.size + sides.size, sides.size + right.size, middles.size + sides.size
            };
            int best = 0;
            for (int i = 1; i < sizes.length; i++) {
                best = sizes[i] < sizes[best] ? i : best;
            }
            assignment = best == 0 ? 1 : 7 + best;
            subframes[0] = best == 2 ? sides : best == 3 ? middles : left;
            subframes[1] = best == 1 || best == 3 ? sides : right;
        }
        out.put(assignment, 4);
        out.put(0, 4);
        putNumber(number++);
        out.put(length - 1, 16);
        out.put(out.check(from, 8, 0x07), 8);
        for (Subframe subframe : subframes) {
            subframe.write(out, length);
        }
        out.align();
        out.put(out.check(from, 16, 0x8005), 16);
        int size = out.size() - from;
        smallestFrame = Math.min(smallestFrame, size);
        largestFrame = Math.max(largestFrame, size);
        out.flush();
    }

    /** A number in the way of UTF-8. */
    private void putNumber(long value) {
        if (value < 0x80) {
            out.put(value, 8);
            return;
        }
        int more = 1;
        while (value >= 1L << 5 * more + 6) {
            more++;
        }
        out.put((0xff << 7 - more & 0xff) | value >> 6 * more, 8);
        for (int i = more - 1; i >= 0; i--) {
            out.put(0x80 | value >> 6 * i & 0x3f, 8);
        }
    }

    /** How one channel of a block is written, and how many bits that takes. */
    private static final class Subframe {
        private enum Kind {
            CONSTANT,
            VERBATIM,
            FIXED,
            LINEAR
        }

        private final Kind kind;
        private final int[] values;
        private final int bits;
        private final int order;
        private final int[] coefficients;
        private final int shift;
        private final int[] residual;
        private final Rice rice;
        private final long size;

        private Subframe(
                Kind kind,
                int[] values,
                int bits,
                int order,
                int[] coefficients,
                int shift,
                int[] residual,
                Rice rice) {
            this.kind = kind;
            this.values = values;
            this.bits = bits;
            this.order = order;
            this.coefficients = coefficients;
            this.shift = shift;
            this.residual = residual;
            this.rice = rice;
            long warmUp = (long) order * bits;
            size = 8
                    + switch (kind) {
                        case CONSTANT -> bits;
                        case VERBATIM -> (long) values.length * bits;
                        case FIXED -> warmUp + rice.size;
                        case LINEAR -> warmUp + 9 + (long) order * COEFFICIENT_BITS + rice.size;
                    };
        }

        private static Subframe plain(Kind kind, int[] values, int bits) {
            return new Subframe(kind, values, bits, 0, new int[0], 0, new int[0], Rice.NONE);
        }

        static Subframe best(int[] values, int length, int bits) {
            boolean isConstant = true;
            for (int value : values) {
                isConstant &= value == values[0];
            }
            if (isConstant) {
                return plain(Kind.CONSTANT, values, bits);
            }
            Subframe best = plain(Kind.VERBATIM, values, bits);
            int[] residual = values;
            for (int order = 0; order <= Math.min(LARGEST_FIXED_ORDER, length - 1); order++) {
                if (order > 0) {
                    residual = differences(residual, order);
                    if (residual.length == 0) {
                        break;
                    }
                }
                Subframe fixed = new Subframe(
                        Kind.FIXED, values, bits, order, new int[0], 0, residual, Rice.of(residual, order, length));
                best = fixed.size < best.size ? fixed : best;
            }
            if (length > 4 * LARGEST_ORDER) {
                Subframe linear = linear(values, length, bits);
                best = linear != null && linear.size < best.size ? linear : best;
            }
            return best;
        }

        /** The differences of an order from those of the order before; empty where they would not fit. */
        private static int[] differences(int[] before, int order) {
            int[] residual = new int[before.length - 1];
            for (int i = 0; i < residual.length; i++) {
                long difference = (long) before[i + 1] - before[i];
                if (difference != (int) difference) {
                    return new int[0];
                }
                residual[i] = (int) difference;
            }
            return residual;
        }

        /** Linear prediction by Levinson's and Durbin's recursion on the windowed autocorrelation, its coefficients rounded. */
        private static @Nullable Subframe linear(int[] values, int length, int bits) {
            double[] windowed = new double[length];
            for (int i = 0; i < length; i++) {
                double place = (2.0 * i - length + 1) / (length + 1);
                windowed[i] = values[i] * (1 - place * place);
            }
            double[] correlation = new double[LARGEST_ORDER + 1];
            for (int lag = 0; lag <= LARGEST_ORDER; lag++) {
                for (int i = lag; i < length; i++) {
                    correlation[lag] += windowed[i] * windowed[i - lag];
                }
            }
            double[] predictor = new double[LARGEST_ORDER];
            double error = correlation[0];
            for (int i = 0; i < LARGEST_ORDER && error > 0; i++) {
                double reflection = correlation[i + 1];
                for (int j = 0; j < i; j++) {
                    reflection -= predictor[j] * correlation[i - j];
                }
                reflection /= error;
                double[] next = predictor.clone();
                next[i] = reflection;
                for (int j = 0; j < i; j++) {
                    next[j] = predictor[j] - reflection * predictor[i - 1 - j];
                }
                predictor = next;
                error *= 1 - reflection * reflection;
            }
            double largest = 0;
            for (double coefficient : predictor) {
                largest = Math.max(largest, Math.abs(coefficient));
            }
            if (!(largest > 0) || Double.isInfinite(largest)) {
                return null;
            }
            int shift = Math.max(0, Math.min(15, COEFFICIENT_BITS - 2 - Math.getExponent(largest)));
            int limit = 1 << COEFFICIENT_BITS - 1;
            int[] coefficients = new int[LARGEST_ORDER];
            for (int i = 0; i < LARGEST_ORDER; i++) {
                long rounded = Math.round(predictor[i] * (1 << shift));
                coefficients[i] = (int) Math.max(-limit, Math.min(limit - 1, rounded));
            }
            int[] residual = new int[length - LARGEST_ORDER];
            for (int i = LARGEST_ORDER; i < length; i++) {
                long sum = 0;
                for (int j = 0; j < LARGEST_ORDER; j++) {
                    sum += (long) coefficients[j] * values[i - 1 - j];
                }
                long difference = values[i] - (sum >> shift);
                if (difference != (int) difference || difference == Integer.MIN_VALUE) {
                    return null;
                }
                residual[i - LARGEST_ORDER] = (int) difference;
            }
            return new Subframe(
                    Kind.LINEAR,
                    values,
                    bits,
                    LARGEST_ORDER,
                    coefficients,
                    shift,
                    residual,
                    Rice.of(residual, LARGEST_ORDER, length));
        }

        void write(Bits out, int length) {
            int type =
                    switch (kind) {
                        case CONSTANT -> 0;
                        case VERBATIM -> 1;
                        case FIXED -> 8 + order;
                        case LINEAR -> 31 + order;
                    };
            out.put(type << 1, 8);
            int plain =
                    switch (kind) {
                        case CONSTANT -> 1;
                        case VERBATIM -> length;
                        default -> order;
                    };
            for (int i = 0; i < plain; i++) {
                out.put(values[i], bits);
            }
            if (kind == Kind.LINEAR) {
                out.put(COEFFICIENT_BITS - 1, 4);
                out.put(shift, 5);
                for (int coefficient : coefficients) {
                    out.put(coefficient, COEFFICIENT_BITS);
                }
            }
            if (kind == Kind.FIXED || kind == Kind.LINEAR) {
                rice.write(out, residual, order, length);
            }
        }
    }

    /** How a residual is written: into how many parts it is cut, and the parameter of each; in bits, how long that is. */
    private record Rice(int partitionOrder, int[] parameters, long size) {
        private static final Rice NONE = new Rice(0, new int[0], 0);

        static Rice of(int[] residual, int order, int length) {
            Rice best = NONE;
            for (int partitions = 0; partitions <= LARGEST_PARTITION_ORDER; partitions++) {
                int part = length >> partitions;
                if (part << partitions != length || part <= order) {
                    break;
                }
                int[] parameters = new int[1 << partitions];
                long size = 6;
                for (int p = 0, at = 0; p < parameters.length; p++) {
                    int end = (p + 1) * part - order;
                    long sum = 0;
                    for (int i = at; i < end; i++) {
                        sum += folded(residual[i]);
                    }
                    parameters[p] = parameter(sum, end - at);
                    size += 4 + (long) (end - at) * (1 + parameters[p]);
                    for (int i = at; i < end; i++) {
                        size += folded(residual[i]) >>> parameters[p];
                    }
                    at = end;
                }
                best = best == NONE || size < best.size ? new Rice(partitions, parameters, size) : best;
            }
            return best;
        }

        private static int parameter(long sum, int count) {
            int parameter = 0;
            while (parameter < LARGEST_RICE && (long) count << parameter + 1 <= sum) {
                parameter++;
            }
            return parameter;
        }

        /** Positive numbers become even ones, negative ones odd. */
        private static long folded(int value) {
            return ((long) value << 1 ^ value >> 31) & 0xffffffffffL;
        }

        void write(Bits out, int[] residual, int order, int length) {
            out.put(0, 2);
            out.put(partitionOrder, 4);
            int part = length >> partitionOrder;
            for (int p = 0, at = 0; p < parameters.length; p++) {
                int parameter = parameters[p];
                out.put(parameter, 4);
                int end = (p + 1) * part - order;
                for (; at < end; at++) {
                    long value = folded(residual[at]);
                    for (long left = value >>> parameter; left > 0; left -= Math.min(left, 32)) {
                        out.put(0, (int) Math.min(left, 32));
                    }
                    out.put(1, 1);
                    out.put(value, parameter);
                }
            }
        }
    }

    /** Bits on their way into the file, the most significant first. */
    private final class Bits {
        private byte[] bytes = new byte[1 << 16];
        private int size;
        private long pending;
        private int count;

        void put(long value, int width) {
            for (int left = width; left > 0; ) {
                int taken = Math.min(left, 8 - count);
                pending = pending << taken | value >>> left - taken & (1L << taken) - 1;
                count += taken;
                left -= taken;
                if (count == 8) {
                    bytes = size == bytes.length ? Arrays.copyOf(bytes, 2 * size) : bytes;
                    bytes[size++] = (byte) pending;
                    pending = 0;
                    count = 0;
                }
            }
        }

        void put(byte[] values) {
            for (byte value : values) {
                put(value & 0xff, 8);
            }
        }

        /** Fills the last byte with zeros. */
        void align() {
            put(0, (8 - count) % 8);
        }

        int size() {
            return size;
        }

        /** The cyclic redundancy check of what was put from a place on. */
        int check(int from, int width, int polynomial) {
            int sum = 0;
            for (int i = from; i < size; i++) {
                sum ^= (bytes[i] & 0xff) << width - 8;
                for (int bit = 0; bit < 8; bit++) {
                    sum = (sum >> width - 1 & 1) == 1 ? sum << 1 ^ polynomial : sum << 1;
                }
            }
            return sum & (1 << width) - 1;
        }

        void flush() throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, size);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            size = 0;
        }
    }
}
