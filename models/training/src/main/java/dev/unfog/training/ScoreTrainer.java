package dev.unfog.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Trains any block on any examples by weighted squared error: Adam or Muon, warm-up and cosine, clipping of the gradient's
 * global norm, and an exponential moving average of the weights, which is what a release is made of.
 *
 * <p>A run is a function of its seed, its examples and its number of steps; with a checkpoint it goes on as if it had not
 * stopped. Used by one thread; batches are drawn ahead on another.
 */
public final class ScoreTrainer implements AutoCloseable {
    /**
     * How a run is carried out.
     *
     * @param batch examples per step
     * @param schedule learning rate and length of the run
     * @param weightDecay decoupled weight decay of Adam, 0 for none
     * @param muonRate highest learning rate of {@link Muon}, which then moves the matrices between the first weight and the last;
     *     0 to move all by Adam
     * @param averageDecay decay of the moving average of the weights, for instance 0.999
     * @param clipNorm longest gradient, all weights together, that is followed at its full length
     * @param seed seed that the checkpoint carries, so that a run is not continued under another
     * @param threads how many threads compute; the result does not depend on it
     */
    public record Settings(
            int batch,
            Schedule schedule,
            double weightDecay,
            double muonRate,
            double averageDecay,
            double clipNorm,
            long seed,
            int threads) {}

    private static final int MOST_PARTS = 8;
    private static final int SMALLEST_PART = 2048;

    private final NDManager manager;
    private final Block block;
    private final Settings settings;
    private final List<NDArray> weights = new ArrayList<>();
    private final MovingAverage average;
    private final Adam adam;
    private final Muon muon;
    private final List<Integer> matrices = new ArrayList<>();
    private final List<Integer> others = new ArrayList<>();
    private final List<Parameter> parameters;
    private final List<Part> parts = new ArrayList<>();
    private final ExecutorService workers;
    private final ExampleSource examples;
    private BatchQueue batches;
    private long step;
    private double elapsedBefore;
    private long began = System.nanoTime();

    /**
     * Prepares a run.
     *
     * @param parent owner of the run's memory
     * @param block the network, initialised; its weights are changed in place
     * @param examples what it learns
     * @param settings how the run is carried out
     */
    public ScoreTrainer(NDManager parent, Block block, ExampleSource examples, Settings settings) {
        this.manager = parent.newSubManager();
        this.block = block;
        this.settings = settings;
        this.examples = examples;
        TorchEngine.withoutGradients();
        parameters = block.getParameters().values();
        for (Parameter parameter : parameters) {
            weights.add(parameter.getArray());
        }
        average = new MovingAverage(manager, weights, settings.averageDecay());
        for (int i = 0; i < weights.size(); i++) {
            boolean isWithin = i > 0 && i < lastWeight();
            boolean isMatrix = isWithin && Muon.suits(weights.get(i).getShape());
            (settings.muonRate() > 0 && isMatrix ? matrices : others).add(i);
        }
        adam = new Adam(manager, chosen(weights, others), (float) settings.weightDecay());
        muon = new Muon(manager, chosen(weights, matrices));
        for (int part = 0; part < parts(settings.batch(), examples.targetShape()); part++) {
            List<NDArray> leaves = new ArrayList<>();
            for (NDArray weight : weights) {
                NDArray leaf = weight.stopGradient();
                leaf.attach(manager);
                leaf.setRequiresGradient(true);
                leaves.add(leaf);
            }
            parts.add(new Part(leaves, new SubstituteStore(manager, parameters, leaves)));
        }
        workers = Executors.newFixedThreadPool(settings.threads(), work -> {
            Thread thread = new Thread(work, "unfog-training");
            thread.setDaemon(true);
            return thread;
        });
        batches = new BatchQueue(examples, settings.batch(), 0);
    }

    /** The last weight that is no bias: it ends the network. */
    private int lastWeight() {
        int last = parameters.size() - 1;
        while (last > 0 && parameters.get(last).getType() == Parameter.Type.BIAS) {
            last--;
        }
        return last;
    }

    private static List<NDArray> chosen(List<NDArray> arrays, List<Integer> indices) {
        return indices.stream().map(arrays::get).toList();
    }

    /**
     * Batches are cut in up to eight equal parts, fewer where a part would be too small to be worth it; whatever the number of
     * threads, so that this does not change the result.
     */
    private static int parts(int batch, int[] shape) {
        long values = batch;
        for (int size : shape) {
            values *= size;
        }
        int parts = MOST_PARTS;
        while (parts > 1 && (batch % parts != 0 || values / parts < SMALLEST_PART)) {
            parts /= 2;
        }
        return parts;
    }

    /** Steps taken since the beginning of the run, resumed ones included. */
    public long steps() {
        return step;
    }

    /** Wall-clock time of the run so far in seconds, that of the runs it goes on from included. */
    public double elapsedSeconds() {
        return elapsedBefore + (System.nanoTime() - began) * 1e-9;
    }

    /** Share of the run that is done, 0..1. */
    public double progress() {
        return settings.schedule().progress(step, elapsedSeconds());
    }

    /** What one step came to: its loss, and the norm of its gradient before clipping. */
    public record Outcome(double loss, double gradientNorm) {}

    /** Takes one step. A batch whose gradient is not finite moves no weight. */
    public Outcome step() throws InterruptedException {
        Batch batch = batches.take();
        double loss = 0;
        try {
            List<Future<Double>> losses = new ArrayList<>();
            for (int part = 0; part < parts.size(); part++) {
                int number = part;
                losses.add(workers.submit(() -> differentiate(batch, number)));
            }
            // In order, so that neither the sums nor the loss depend on which worker was faster.
            for (Future<Double> part : losses) {
                loss += part.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a training step failed", e.getCause());
        }
        batches.release(batch);
        double norm;
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            List<NDArray> gradients = new ArrayList<>();
            for (int i = 0; i < weights.size(); i++) {
                NDArray sum = parts.get(0).leaves().get(i).getGradient();
                for (int part = 1; part < parts.size(); part++) {
                    sum.addi(parts.get(part).leaves().get(i).getGradient());
                }
                gradients.add(sum);
            }
            norm = globalNorm(gradients);
            if (Double.isFinite(norm)) {
                double rate = settings.schedule().rate(step, elapsedSeconds());
                double scale = Math.min(1, settings.clipNorm() / Math.max(norm, 1e-12));
                adam.step(chosen(gradients, others), step + 1, rate, scale);
                double share = rate / settings.schedule().rate();
                muon.step(chosen(gradients, matrices), settings.muonRate() * share, scale);
                average.update(step);
            }
            for (Part part : parts) {
                for (NDArray leaf : part.leaves()) {
                    JniUtils.zeroGrad((PtNDArray) leaf);
                }
            }
        }
        step++;
        return new Outcome(loss, norm);
    }

    /** Adds the gradient of one part of a batch to that part's leaves, and returns its share of the loss. */
    private double differentiate(Batch batch, int number) {
        TorchEngine.useOneThread();
        Part part = parts.get(number);
        int size = settings.batch() / parts.size();
        try (NDScope scope = new NDScope();
                NDManager temporary = manager.newSubManager()) {
            scope.suppressNotUsedWarning();
            NDList inputs = new NDList();
            for (int i = 0; i < batch.inputs().length; i++) {
                inputs.add(array(temporary, batch.inputs()[i], examples.inputShapes()[i], number, size));
            }
            NDArray target = array(temporary, batch.target(), examples.targetShape(), number, size);
            NDArray weight = array(temporary, batch.weight(), examples.targetShape(), number, size);
            // DJL's own collector allows one at a time in a process; autograd itself has a mode per thread.
            JniUtils.setGradMode(true);
            try {
                NDArray denoised = block.forward(part.store(), inputs, true).singletonOrThrow();
                NDArray loss =
                        Layers.scaled(denoised.sub(target).square().mul(weight).mean(), 1f / parts.size());
                JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
                return loss.getFloat();
            } finally {
                JniUtils.setGradMode(false);
            }
        }
    }

    private static NDArray array(NDManager temporary, FloatBuffer values, int[] shape, int number, int size) {
        long[] sizes = new long[shape.length + 1];
        sizes[0] = size;
        int length = size;
        for (int i = 0; i < shape.length; i++) {
            sizes[i + 1] = shape[i];
            length *= shape[i];
        }
        NDArray array = temporary.create(new Shape(sizes));
        array.set(values.duplicate().position(number * length).limit((number + 1) * length));
        return array;
    }

    /** One share of every batch, with leaves of its own: the same memory as the weights, but a gradient apart. */
    private record Part(List<NDArray> leaves, ParameterStore store) {}

    /** Hands a block other arrays than its own: a part's leaves, or the averaged weights. */
    private static final class SubstituteStore extends ParameterStore {
        private final Map<Parameter, NDArray> arrays = new IdentityHashMap<>();

        SubstituteStore(NDManager manager, List<Parameter> parameters, List<NDArray> substitutes) {
            super(manager, false);
            for (int i = 0; i < parameters.size(); i++) {
                arrays.put(parameters.get(i), substitutes.get(i));
            }
        }

        @Override
        public NDArray getValue(Parameter parameter, Device device, boolean training) {
            return arrays.get(parameter);
        }
    }

    /** The Euclidean norm of all gradients taken as one vector. */
    static double globalNorm(List<NDArray> gradients) {
        double sum = 0;
        for (NDArray gradient : gradients) {
            try (NDArray square = gradient.square();
                    NDArray total = square.sum()) {
                sum += total.getFloat();
            }
        }
        return Math.sqrt(sum);
    }

    /** The averaged weights, in place of the block's own: what a release is made of. Live; valid until {@link #close}. */
    public ParameterStore averagedWeights() {
        return new SubstituteStore(manager, parameters, average.arrays());
    }

    private Map<String, List<NDArray>> state() {
        Map<String, List<NDArray>> state = new LinkedHashMap<>();
        state.put("weights", weights);
        state.put("averages", average.arrays());
        state.put("first moments", adam.firstMoments());
        state.put("second moments", adam.secondMoments());
        state.put("momenta", muon.momenta());
        return state;
    }

    /** Saves the state of the run. */
    public void save(Path file) throws IOException {
        new Checkpoint(step, elapsedSeconds(), settings.seed()).write(file, state());
    }

    /**
     * Goes on from a checkpoint of the same network and examples.
     *
     * @throws dev.unfog.api.UnfogException if it is damaged, or of another network or seed
     */
    public void resume(Path file) {
        Checkpoint checkpoint = Checkpoint.read(file, state());
        if (checkpoint.seed() != settings.seed()) {
            throw Checkpoint.misfit(file, "it was written by a training with the seed " + checkpoint.seed());
        }
        step = checkpoint.step();
        elapsedBefore = checkpoint.elapsedSeconds();
        began = System.nanoTime();
        batches.close();
        batches = new BatchQueue(examples, settings.batch(), step);
    }

    @Override
    public void close() {
        batches.close();
        // A worker that were still computing would read freed memory.
        workers.shutdown();
        boolean isInterrupted = false;
        while (!workers.isTerminated()) {
            try {
                workers.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        manager.close();
    }
}
