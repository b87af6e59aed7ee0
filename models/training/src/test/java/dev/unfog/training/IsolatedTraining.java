package dev.unfog.training;

import dev.unfog.api.Cancellation;
import dev.unfog.api.train.ScoreTraining;
import dev.unfog.api.train.TrainingPlan;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Trains the way a host does whose own class path has the plugin API but nothing of training: pictures, network, jars. */
final class IsolatedTraining {
    private IsolatedTraining() {}

    public static void main(String[] arguments) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            jars.add(Path.of(arguments[i]).toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(jars.toArray(URL[]::new), ScoreTraining.class.getClassLoader())) {
            ScoreTraining training =
                    ServiceLoader.load(ScoreTraining.class, loader).findFirst().orElseThrow();
            TrainingPlan.Builder plan = TrainingPlan.forPictures(
                    training.pictures(Path.of(arguments[0]), 16, 0, Cancellation.NEVER), Path.of(arguments[1]));
            training.train(plan.optBatch(2).optSteps(2).build(), (fraction, line) -> {}, Cancellation.NEVER);
        }
    }
}
