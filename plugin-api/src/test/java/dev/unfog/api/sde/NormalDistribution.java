package dev.unfog.api.sde;

/** The standard normal distribution, for tests, by a series and by bisection. */
final class NormalDistribution {
    private NormalDistribution() {}

    static double cumulative(double x) {
        if (x < -8 || x > 8) {
            return x < 0 ? 0 : 1;
        }
        // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …)
        double term = x;
        double sum = x;
        for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 400; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    static double quantile(double probability) {
        double low = -8;
        double high = 8;
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (cumulative(middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
