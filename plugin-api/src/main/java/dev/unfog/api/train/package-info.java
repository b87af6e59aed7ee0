/**
 * Training score networks, a service of the host: a plugin or a user says what network, on what data and at what noise levels
 * ({@link dev.unfog.api.train.TrainingPlan}), and {@link dev.unfog.api.train.ScoreTraining} carries it out.
 *
 * <p>Uses the JDK and {@code dev.unfog.api}; what does the work is optional in a distribution and is found as a service.
 *
 * <p>A plan, which the host carries out:
 *
 * <pre>{@code
 * TrainingData rows = new TrainingData() {
 *     public int[] sampleShape() {
 *         return new int[] {2};
 *     }
 *
 *     public void draw(long index, FloatBuffer sample) {
 *         SplittableRandom random = new SplittableRandom(index);
 *         sample.put((float) random.nextGaussian()).put((float) random.nextGaussian());
 *     }
 * };
 * TrainingPlan plan = TrainingPlan.builder()
 *         .setId("rows")
 *         .setKind(MediaKind.ROWS)
 *         .setArchitecture(new Architecture.Perceptron(2, 64, 3))
 *         .setData(rows)
 *         .setNoiseLevels(NoiseLevels.logUniform(0.01, 10))
 *         .setOutput(Path.of("rows.onnx"))
 *         .optSteps(2000)
 *         .build();
 * // In a plugin: context.training().train(plan, context.progress(), context.cancellation());
 * System.out.println(plan.batch()); // 32
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package dev.unfog.api.train;

import org.jspecify.annotations.NullMarked;
