package dev.unfog.core.media;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The image resource blocks in which Adobe programs wrap IPTC data (Photoshop File Formats Specification, "Image Resources").
 *
 * @param blocks in the order of the file
 */
record PhotoshopResources(List<Block> blocks) {
    private static final int SIGNATURE = 0x3842494d;
    private static final int IPTC = 0x0404;
    private static final Set<Integer> THUMBNAILS = Set.of(0x0409, 0x040c);

    /**
     * One block.
     *
     * @param id what it holds
     * @param whole its bytes from signature to padding
     * @param data its content
     */
    record Block(int id, byte[] whole, byte[] data) {}

    /** Reads as many sound blocks as there are. */
    static PhotoshopResources parse(byte[] bytes) {
        List<Block> blocks = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = 0;
        while (at + 12 <= bytes.length && buffer.getInt(at) == SIGNATURE) {
            int id = buffer.getShort(at + 4) & 0xffff;
            int nameBytes = 1 + (bytes[at + 6] & 0xff);
            int sizeAt = at + 6 + nameBytes + nameBytes % 2;
            if (sizeAt + 4 > bytes.length) {
                break;
            }
            int size = buffer.getInt(sizeAt);
            int dataAt = sizeAt + 4;
            if (size < 0 || size > bytes.length - dataAt) {
                break;
            }
            int end = Math.min(bytes.length, dataAt + size + size % 2);
            blocks.add(new Block(
                    id, Arrays.copyOfRange(bytes, at, end), Arrays.copyOfRange(bytes, dataAt, dataAt + size)));
            at = end;
        }
        return new PhotoshopResources(List.copyOf(blocks));
    }

    /** Returns resources that hold IPTC data alone. */
    static PhotoshopResources ofIptc(byte[] iptc) {
        ByteBuffer block = ByteBuffer.allocate(12 + iptc.length + iptc.length % 2);
        block.putInt(SIGNATURE)
                .putShort((short) IPTC)
                .putShort((short) 0)
                .putInt(iptc.length)
                .put(iptc);
        return new PhotoshopResources(List.of(new Block(IPTC, block.array(), iptc)));
    }

    /** Returns whether there is none. */
    boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Returns the IPTC data sets. */
    Optional<byte[]> iptc() {
        return blocks.stream()
                .filter(block -> block.id() == IPTC)
                .map(Block::data)
                .findFirst();
    }

    /** Returns the resources without pictures of the old picture. */
    PhotoshopResources withoutThumbnails() {
        return new PhotoshopResources(blocks.stream()
                .filter(block -> !THUMBNAILS.contains(block.id()))
                .toList());
    }

    /** Returns the blocks one after the other. */
    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        blocks.forEach(block -> out.writeBytes(block.whole()));
        return out.toByteArray();
    }
}
