package dev.unfog.core.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import javax.imageio.stream.ImageInputStreamImpl;

/** Presents some bytes followed by a part of a file as one stream, without copying the file. */
final class SplicedImageInputStream extends ImageInputStreamImpl {
    private final byte[] head;
    private final FileChannel tail;
    private final long tailStart;
    private final long length;

    /**
     * Creates a stream.
     *
     * @param head what comes first
     * @param tail the file that follows; not closed with the stream
     * @param start where in the file to begin
     * @param end where in the file to stop
     */
    SplicedImageInputStream(byte[] head, FileChannel tail, long start, long end) {
        this.head = head;
        this.tail = tail;
        this.tailStart = start;
        this.length = head.length + end - start;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int wanted) throws IOException {
        checkClosed();
        bitOffset = 0;
        if (wanted == 0) {
            return 0;
        }
        int count;
        if (streamPos < head.length) {
            count = (int) Math.min(wanted, head.length - streamPos);
            System.arraycopy(head, (int) streamPos, target, offset, count);
        } else {
            int most = (int) Math.min(wanted, length - streamPos);
            if (most <= 0) {
                return -1;
            }
            count = tail.read(ByteBuffer.wrap(target, offset, most), tailStart + streamPos - head.length);
        }
        if (count > 0) {
            streamPos += count;
        }
        return count;
    }
}
