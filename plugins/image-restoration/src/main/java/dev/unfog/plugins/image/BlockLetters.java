package dev.unfog.plugins.image;

import java.util.Map;

/** Capital letters of 5 by 7 pixels, so that a picture can be labelled on machines without fonts. */
final class BlockLetters {
    /** Rows of a letter. */
    static final int HEIGHT = 7;

    private static final int WIDTH = 5;
    private static final int ADVANCE = WIDTH + 1;

    /** Seven rows of five pixels each, the left-most pixel in the highest bit. */
    private static final Map<Character, int[]> ROWS = Map.ofEntries(
            Map.entry('A', new int[] {0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001}),
            Map.entry('B', new int[] {0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110}),
            Map.entry('C', new int[] {0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110}),
            Map.entry('D', new int[] {0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110}),
            Map.entry('E', new int[] {0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111}),
            Map.entry('F', new int[] {0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000}),
            Map.entry('I', new int[] {0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110}),
            Map.entry('L', new int[] {0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111}),
            Map.entry('N', new int[] {0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001}),
            Map.entry('O', new int[] {0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110}),
            Map.entry('R', new int[] {0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001}),
            Map.entry('S', new int[] {0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110}),
            Map.entry('T', new int[] {0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100}),
            Map.entry('X', new int[] {0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001}),
            Map.entry('5', new int[] {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110}),
            Map.entry(' ', new int[HEIGHT]));

    /** Receives the pixels of a text. */
    @FunctionalInterface
    interface Pen {
        void dot(int x, int y);
    }

    private BlockLetters() {}

    /** Returns how wide a text is, in pixels of the given size. */
    static int width(String text, int size) {
        return (text.length() * ADVANCE - 1) * size;
    }

    /**
     * Draws a text.
     *
     * @param text capital letters
     * @param left the first column
     * @param top the first row
     * @param size how many pixels one pixel of a letter is wide and high
     * @param pen receives each pixel
     */
    static void draw(String text, int left, int top, int size, Pen pen) {
        for (int i = 0; i < text.length(); i++) {
            int[] rows = ROWS.get(text.charAt(i));
            if (rows == null) {
                throw new IllegalArgumentException("There is no letter '" + text.charAt(i) + "'");
            }
            for (int y = 0; y < HEIGHT * size; y++) {
                for (int x = 0; x < WIDTH * size; x++) {
                    if ((rows[y / size] >> (WIDTH - 1 - x / size) & 1) != 0) {
                        pen.dot(left + i * ADVANCE * size + x, top + y);
                    }
                }
            }
        }
    }
}
