package dev.unfog.core.media;

import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;

/** Finds the readers and writers of ImageIO by format and maker. */
final class ImageReaders {
    static {
        // Otherwise every stream that is not ours goes through a file of its own.
        ImageIO.setUseCache(false);
    }

    private ImageReaders() {}

    /** Returns the JDK's own reader. */
    static ImageReader jdk(String format) {
        return reader(format, "com.sun.");
    }

    /** Returns the reader of the TwelveMonkeys library. */
    static ImageReader twelveMonkeys(String format) {
        return reader(format, "com.twelvemonkeys.");
    }

    private static ImageReader reader(String format, String maker) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith(maker)) {
                return reader;
            }
        }
        throw new IllegalStateException("There is no reader for " + format + " from " + maker);
    }

    /** Returns the JDK's own writer. */
    static ImageWriter jdkWriter(String format) {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
        while (writers.hasNext()) {
            ImageWriter writer = writers.next();
            if (writer.getClass().getName().startsWith("com.sun.")) {
                return writer;
            }
        }
        throw new IllegalStateException("This JDK has no writer for " + format);
    }
}
