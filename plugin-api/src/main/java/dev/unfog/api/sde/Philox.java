package dev.unfog.api.sde;

/**
 * A random function of a counter: the same counter and key always give the same four random words, in any order and on
 * any machine.
 *
 * <p>Philox4x32-10 of Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3", section 3.3. Stateless; safe for
 * use by many threads.
 *
 * @since 0.1.0
 */
public final class Philox {
    static final long MULTIPLIER_0 = 0xD2511F53L;
    static final long MULTIPLIER_1 = 0xCD9E8D57L;
    static final int WEYL_0 = 0x9E3779B9;
    static final int WEYL_1 = 0xBB67AE85;
    static final int ROUNDS = 10;
    static final long WORD = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * Encrypts a counter in place.
     *
     * @param words four 32-bit words, the counter on entry and uniformly distributed random bits on return
     * @param key0 the low word of the key
     * @param key1 the high word of the key
     */
    public static void encrypt(int[] words, int key0, int key1) {
        int c0 = words[0];
        int c1 = words[1];
        int c2 = words[2];
        int c3 = words[3];
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = (c0 & WORD) * MULTIPLIER_0;
            long product1 = (c2 & WORD) * MULTIPLIER_1;
            c0 = (int) (product1 >>> 32) ^ c1 ^ key0;
            c1 = (int) product1;
            c2 = (int) (product0 >>> 32) ^ c3 ^ key1;
            c3 = (int) product0;
            key0 += WEYL_0;
            key1 += WEYL_1;
        }
        words[0] = c0;
        words[1] = c1;
        words[2] = c2;
        words[3] = c3;
    }
}
