package dev.unfog.api.sde;

/**
 * A density of independent values whose posterior mean under Gaussian noise is known in closed form.
 *
 * <p>Given û = x₀ + σ̂ z the weight of component k is in proportion to w_k N(û; μ_k, v_k + σ̂²), and within it the mean is
 * (μ_k σ̂² + û v_k)/(σ̂² + v_k).
 */
record GaussianMixture(double[] weights, double[] means, double[] variances) implements Denoiser {

    static GaussianMixture gaussian(double mean, double variance) {
        return new GaussianMixture(new double[] {1}, new double[] {mean}, new double[] {variance});
    }

    /** Two narrow modes of unlike weight. */
    static GaussianMixture twoModes() {
        return new GaussianMixture(new double[] {0.3, 0.7}, new double[] {-1, 1}, new double[] {0.0225, 0.0225});
    }

    double mean() {
        double mean = 0;
        for (int k = 0; k < weights.length; k++) {
            mean += weights[k] * means[k];
        }
        return mean;
    }

    double variance() {
        double second = 0;
        for (int k = 0; k < weights.length; k++) {
            second += weights[k] * (variances[k] + means[k] * means[k]);
        }
        return second - mean() * mean();
    }

    double posteriorMean(double reduced, double noiseLevel) {
        if (Double.isInfinite(noiseLevel)) {
            return mean();
        }
        double noise = noiseLevel * noiseLevel;
        double largest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < weights.length; k++) {
            largest = Math.max(largest, exponent(k, reduced, noise));
        }
        double total = 0;
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            double responsibility =
                    weights[k] / Math.sqrt(variances[k] + noise) * Math.exp(exponent(k, reduced, noise) - largest);
            total += responsibility;
            sum += responsibility * (means[k] * noise + reduced * variances[k]) / (noise + variances[k]);
        }
        return sum / total;
    }

    private double exponent(int component, double reduced, double noise) {
        double d = reduced - means[component];
        return -d * d / (2 * (variances[component] + noise));
    }

    /** The density of û = x₀ + σ̂ z. */
    double noisedDensity(double reduced, double noiseLevel) {
        double density = 0;
        for (int k = 0; k < weights.length; k++) {
            double spread = variances[k] + noiseLevel * noiseLevel;
            double d = reduced - means[k];
            density += weights[k] * Math.exp(-d * d / (2 * spread)) / Math.sqrt(2 * Math.PI * spread);
        }
        return density;
    }

    /** The distribution function of the clean values. */
    double cumulative(double x) {
        double sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * NormalDistribution.cumulative((x - means[k]) / Math.sqrt(variances[k]));
        }
        return sum;
    }

    @Override
    public void denoise(SampleState reduced, Marginal at, SampleState denoised) {
        float[] values = new float[4096];
        double level = at.noiseLevel();
        for (long offset = 0; offset < reduced.shape().size(); offset += values.length) {
            int length = (int) Math.min(values.length, reduced.shape().size() - offset);
            reduced.read(offset, values, 0, length);
            for (int i = 0; i < length; i++) {
                values[i] = (float) posteriorMean(values[i], level);
            }
            denoised.write(offset, values, 0, length);
        }
    }
}
