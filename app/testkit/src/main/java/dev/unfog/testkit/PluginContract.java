package dev.unfog.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import dev.unfog.api.plugin.Operation;
import dev.unfog.api.plugin.Scorer;
import dev.unfog.core.job.Installation;
import dev.unfog.core.job.Unfog;
import dev.unfog.core.onnx.NetworkPool;
import dev.unfog.core.plugin.InstalledPlugin;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of every plugin: a plugin's test extends this class, names the packaged plugin and some samples, and has every promise
 * that the host relies on tested against the file that users will install, in a real host.
 *
 * <p>Each operation of the plugin is run on each sample that it accepts. Give small samples, and {@link #parameters()} that make the work
 * short: every sample is worked on about twenty times. Run it after packaging: in Maven with the Failsafe plugin, the class being named
 * {@code …IT}, and with {@code -XX:SoftRefLRUPolicyMSPerMB=0}, lest what a library caches softly be taken for a leak. Live cleaners are
 * checked for their declarations only.
 *
 * @since 0.1.0
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PluginContract {
    private static final int LOADS = 10;
    private static final double CANCELLATION_SECONDS = 2;
    /** A machine that was busy with something else is forgiven. */
    private static final int CANCELLATION_ATTEMPTS = 3;

    private static final Set<ErrorCode> UNFORESEEN = Set.of(ErrorCode.PLUGIN_BROKEN, ErrorCode.INTERNAL);

    private Path folder = Path.of("");
    private Installation installation = new Installation(Path.of(""), Path.of(""));
    private Optional<Path> model = Optional.empty();
    private int runs;

    /** Called by JUnit. */
    protected PluginContract() {}

    /** Returns the packaged plugin: a zip, a jar or a folder. */
    protected abstract Path plugin();

    /** Returns samples that the plugin can handle, at least one for each of its operations; they are never written to. */
    protected abstract List<Path> samples();

    /**
     * Returns files that the plugin must refuse with an error that says what to do; besides those that the contract makes itself out of
     * the samples: empty, cut short, filled with random bytes, missing, and a folder.
     */
    protected List<Path> badSamples() {
        return List.of();
    }

    /** Returns the values of parameters, by name, with which to run; each goes to the operations that declare it. */
    protected Map<String, String> parameters() {
        return Map.of();
    }

    /** Returns the unpacked distribution whose score networks and training service the plugin needs, if it needs them. */
    protected Optional<Path> distribution() {
        return Optional.empty();
    }

    /** Returns the model that a scorer of the plugin reads; by default one that its fitter learns from the samples. */
    protected Optional<Path> model() {
        return Optional.empty();
    }

    @BeforeAll
    void install(@TempDir Path temporary) throws IOException {
        folder = temporary;
        assertThat(plugin()).as("the packaged plugin; build it first").exists();
        Path plugins = Files.createDirectories(folder.resolve("home/plugins"));
        Folders.copy(plugin(), plugins.resolve(plugin().getFileName()));
        Path directory = Files.createDirectories(folder.resolve("distribution"));
        if (distribution().isPresent()) {
            for (String name : List.of("models", "training")) {
                Path from = distribution().get().resolve(name);
                if (Files.isDirectory(from)) {
                    Folders.link(from, directory.resolve(name));
                }
            }
        }
        installation = new Installation(directory, folder.resolve("home"));
        model = model();
        if (model.isEmpty()) {
            model = fit();
        }
    }

    private Optional<Path> fit() throws IOException {
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                if (trial.isFitter()) {
                    return Optional.of(trial.run(newFolder(), 0, new Watch()).get(0));
                }
            }
        }
        return Optional.empty();
    }

    @AfterAll
    void leaveNoModelBehind() {
        model = Optional.empty();
    }

    private synchronized Path newFolder() throws IOException {
        return Files.createDirectories(folder.resolve("run-" + runs++));
    }

    /** Every operation with every sample that it accepts. */
    private List<Trial> trials(Unfog unfog) {
        InstalledPlugin plugin = only(unfog);
        List<Trial> trials = new ArrayList<>();
        for (Operation operation : plugin.operations()) {
            for (Path sample : samples()) {
                if (operation.accepts().contains(unfog.kindOf(sample))) {
                    Trial.of(unfog, plugin.id(), operation, sample, parameters(), model)
                            .ifPresent(trials::add);
                }
            }
        }
        return trials;
    }

    private static InstalledPlugin only(Unfog unfog) {
        assertThat(unfog.plugins().failures())
                .as("what kept the plugin from loading")
                .isEmpty();
        return unfog.plugins().plugins().get(0);
    }

    /** One that loads alone, in a host that it did not come with. */
    @Test
    void loadsInARealHostAndSaysWhatItIs() {
        try (Unfog unfog = new Unfog(installation)) {
            InstalledPlugin plugin = only(unfog);
            assertThat(unfog.plugins().plugins()).hasSize(1);
            assertThat(plugin.version()).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(plugin.description()).as("the description for people").isNotBlank();
            assertThat(plugin.provider()).as("who made it").isNotBlank();
            Set<String> tried = trials(unfog).stream().map(Trial::name).collect(Collectors.toSet());
            for (Operation operation : plugin.operations()) {
                assertThat(operation.summary()).isNotBlank().doesNotEndWith(".").doesNotContain("\n");
                if (!(operation instanceof dev.unfog.api.plugin.LiveCleaner)) {
                    assertThat(tried)
                            .as("operations for which there is a sample")
                            .contains(operation.getClass().getName());
                }
            }
        }
    }

    /** Declarations from which flags, forms and schemas are made. */
    @Test
    void declaresParametersWhoseDefaultsAreValidAndWhoseHelpIsOneLine() {
        try (Unfog unfog = new Unfog(installation)) {
            for (Operation operation : only(unfog).operations()) {
                Set<String> names = new HashSet<>();
                assertThat(operation.parameters()).isEqualTo(operation.parameters());
                for (Parameter<?> parameter : operation.parameters()) {
                    assertThat(names.add(parameter.name()))
                            .as("--%s is declared once", parameter.name())
                            .isTrue();
                    assertThat(parameter.help())
                            .as("the help of --%s", parameter.name())
                            .doesNotEndWith(".")
                            .doesNotContain("\n");
                    checkRange(parameter);
                    checkDefault(parameter);
                }
            }
        }
    }

    private static void checkRange(Parameter<?> parameter) {
        String name = "the range of --" + parameter.name();
        ParameterType<?> type = parameter.type();
        if (type instanceof ParameterType.Real real) {
            assertThat(real.minimum()).as(name).isLessThanOrEqualTo(real.maximum());
        } else if (type instanceof ParameterType.Whole whole) {
            assertThat(whole.minimum()).as(name).isLessThanOrEqualTo(whole.maximum());
        } else if (type instanceof ParameterType.Choice choice) {
            assertThat(choice.options()).as(name).isNotEmpty().doesNotHaveDuplicates();
        }
    }

    private static <T> void checkDefault(Parameter<T> parameter) {
        parameter.optionalDefault().ifPresent(value -> assertThatCode(() ->
                        assertThat(parameter.type().parse(value.toString())).isEqualTo(value))
                .as("the default of --%s, read as a user would write it", parameter.name())
                .doesNotThrowAnyException());
    }

    /** The same seed, the same result: alone, beside another, and in a country that writes numbers differently. */
    @Test
    void givesTheSameResultForTheSameSeed() throws Exception {
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                List<String> first = trial.results(newFolder(), 7);
                assertThat(trial.results(newFolder(), 7)).as("%s, again", trial).isEqualTo(first);
                Locale before = Locale.getDefault();
                Locale.setDefault(Locale.forLanguageTag("tr-TR"));
                try {
                    assertThat(trial.results(newFolder(), 7))
                            .as("%s, where the user is Turkish", trial)
                            .isEqualTo(first);
                } finally {
                    Locale.setDefault(before);
                }
                if (!trial.isFitter()) {
                    assertThat(atOnce(trial)).as("%s, two at once", trial).allSatisfy(results -> assertThat(results)
                            .isEqualTo(first));
                }
            }
        }
    }

    private List<List<String>> atOnce(Trial trial) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Callable<List<String>> task = () -> trial.results(newFolder(), 7);
            List<List<String>> results = new ArrayList<>();
            for (Future<List<String>> future : executor.invokeAll(List.of(task, task))) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdown();
        }
    }

    /** What a progress bar shows. */
    @Test
    void reportsProgressThatNeverFallsAndStaysBetweenNothingAndAll() throws IOException {
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                Watch watch = new Watch();
                trial.run(newFolder(), 0, watch);
                double last = 0;
                for (double fraction : watch.fractions()) {
                    if (!Double.isNaN(fraction)) {
                        assertThat(fraction).as("the progress of %s", trial).isBetween(last, 1.0 + 1e-9);
                        last = fraction;
                    }
                }
            }
        }
    }

    /** The user's files are the user's. */
    @Test
    void leavesTheSamplesAsTheyWereAndWritesNothingBesideThem() throws IOException {
        Path place = Files.createDirectories(newFolder().resolve("samples"));
        for (Path sample : samples()) {
            Files.copy(sample, place.resolve(sample.getFileName()));
        }
        Map<String, String> before = Folders.digests(place);
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                trial.on(place.resolve(trial.sample().getFileName())).run(newFolder(), 0, new Watch());
                assertThat(Folders.digests(place)).as("after %s", trial).isEqualTo(before);
            }
        }
    }

    /** Ctrl-C means now. */
    @Test
    void stopsWithinTwoSecondsOfBeingCancelledAndLeavesNoResult() throws Exception {
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                for (Watch.When when : Watch.When.values()) {
                    double seconds = Double.POSITIVE_INFINITY;
                    for (int i = 0; i < CANCELLATION_ATTEMPTS && seconds > CANCELLATION_SECONDS; i++) {
                        seconds = secondsToStop(trial, when);
                    }
                    assertThat(seconds)
                            .as("seconds until %s stops, cancelled %s", trial, when)
                            .isLessThanOrEqualTo(CANCELLATION_SECONDS);
                }
            }
        }
    }

    private double secondsToStop(Trial trial, Watch.When when) throws Exception {
        Path results = newFolder();
        Watch watch = new Watch(when);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<?> work = executor.submit(() -> {
                try {
                    trial.run(results, 0, watch);
                } catch (UnfogException exception) {
                    assertThat(exception.code()).as(exception.getMessage()).isEqualTo(ErrorCode.CANCELLED);
                    assertThat(Folders.files(results)).as("what %s left", trial).isEmpty();
                }
                return true;
            });
            work.get(5, TimeUnit.MINUTES);
            return watch.secondsSinceCancelled();
        } finally {
            executor.shutdownNow();
        }
    }

    /** A server runs for months. */
    @Test
    void leavesNoClassThreadNetworkOrFileBehindAfterTenLoadsAndUnloads() throws Exception {
        int natives = NetworkPool.openNatives();
        Set<Path> temporary = Folders.temporary();
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < LOADS; i++) {
            loaders.add(loadAndRun());
        }
        assertThat(NetworkPool.openNatives())
                .as("networks and tensors that are still open")
                .isEqualTo(natives);
        assertThat(Folders.temporary())
                .as("temporary folders that are still there")
                .isEqualTo(temporary);
        for (int i = 0; i < 20 && loaders.stream().anyMatch(loader -> loader.get() != null); i++) {
            System.gc();
            Thread.sleep(100);
        }
        List<String> left = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !threads.contains(thread))
                .filter(thread -> loaders.stream().anyMatch(loader -> {
                    ClassLoader known = loader.get();
                    return known != null && known == thread.getContextClassLoader();
                }))
                .map(Thread::getName)
                .toList();
        assertThat(left).as("threads that the plugin left running").isEmpty();
        assertThat(loaders.stream().filter(loader -> loader.get() != null).count())
                .as("of %s loads, those whose classes cannot be unloaded; Java itself may remember the last", LOADS)
                .isLessThanOrEqualTo(1);
    }

    private WeakReference<ClassLoader> loadAndRun() throws IOException {
        try (Unfog unfog = new Unfog(installation)) {
            List<Trial> trials = trials(unfog);
            for (Trial trial : trials) {
                if (!trial.isFitter()) {
                    trial.run(newFolder(), 0, new Watch());
                }
            }
            Operation operation = only(unfog).operations().get(0);
            return new WeakReference<>(operation.getClass().getClassLoader());
        }
    }

    /** Damage is foreseen. */
    @Test
    void answersBadSamplesWithErrorsThatSayWhatToDo() throws IOException {
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                for (Path bad : damaged(trial.sample())) {
                    check(
                            trial.on(bad),
                            bad,
                            bad.getParent().getFileName().toString().equals("cut"));
                }
                for (Path bad : badSamples()) {
                    if (bad.toString().endsWith(Folders.extension(trial.sample()))) {
                        check(trial.on(bad), bad, false);
                    }
                }
            }
        }
    }

    private void check(Trial trial, Path bad, boolean mayBeUsable) throws IOException {
        Path results = newFolder();
        try {
            trial.run(results, 0, new Watch());
            if (!mayBeUsable) {
                fail("%s should have refused %s", trial, bad);
            }
        } catch (UnfogException exception) {
            assertThat(UNFORESEEN).as("%s on %s: %s", trial, bad, exception).doesNotContain(exception.code());
            assertThat(exception.problem()).isNotBlank();
            assertThat(exception.remedy()).as("what to do").isNotBlank();
            assertThat(Folders.files(results))
                    .as("what %s left of %s", trial, bad)
                    .isEmpty();
        }
    }

    private List<Path> damaged(Path sample) throws IOException {
        byte[] bytes = Files.readAllBytes(sample);
        byte[] random = new byte[4096];
        new Random(1).nextBytes(random);
        Path place = newFolder();
        String name = sample.getFileName().toString();
        List<Path> bad = new ArrayList<>();
        bad.add(Files.write(Files.createDirectories(place.resolve("empty")).resolve(name), new byte[0]));
        bad.add(Files.write(Files.createDirectories(place.resolve("random")).resolve(name), random));
        bad.add(Files.write(
                Files.createDirectories(place.resolve("cut")).resolve(name), Arrays.copyOf(bytes, bytes.length / 2)));
        bad.add(Files.createDirectories(place.resolve("folder")).resolve(name));
        Files.createDirectory(bad.get(3));
        bad.add(place.resolve("missing").resolve(name));
        return bad;
    }

    /** The user's numbers are the user's, too. */
    @Test
    void namesTheParameterWhoseValueIsWrong() {
        try (Unfog unfog = new Unfog(installation)) {
            for (Operation operation : only(unfog).operations()) {
                for (Parameter<?> parameter : operation.parameters()) {
                    assertThat(Trial.refusal(operation, parameter.name(), "\u0000nonsense"))
                            .as("--%s nonsense", parameter.name())
                            .hasValueSatisfying(exception -> {
                                assertThat(exception.code()).isEqualTo(ErrorCode.BAD_PARAMETER);
                                assertThat(exception.subject()).contains(parameter.name());
                            });
                }
            }
        }
    }

    /** What a scorer reads need not be a model. */
    @Test
    void refusesAModelThatIsNone() throws IOException {
        assumeThat(model).isPresent();
        Path none = Files.writeString(newFolder().resolve("model"), "this is no model");
        try (Unfog unfog = new Unfog(installation)) {
            for (Trial trial : trials(unfog)) {
                if (trial.operation() instanceof Scorer) {
                    check(trial.with(none), none, false);
                }
            }
        }
    }
}
