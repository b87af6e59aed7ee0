package dev.unfog.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.unfog.core.plugin.TestPlugin;
import dev.unfog.server.ServerFixture.Part;
import dev.unfog.server.job.JobLimits;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plugins that a process cannot defend itself against: the server goes on, with a new worker where that is the only way, says which
 * plugin it was, and the others work as before.
 */
@Tag("acceptance")
class MisbehavingPluginAcceptanceTest {
    private static final String HANG =
            "while (true) { try { Thread.sleep(1000); } catch (InterruptedException e) { continue; } }";
    private static final String SPIN = "while (true) { Thread.onSpinWait(); }";
    private static final String CRASH = """
            try {
                java.lang.reflect.Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
                field.setAccessible(true);
                Object unsafe = field.get(null);
                unsafe.getClass().getMethod("putAddress", long.class, long.class).invoke(unsafe, 0L, 0L);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
            """;
    private static final String FLOOD = """
            java.util.List<byte[]> hoard = new java.util.ArrayList<>();
            while (true) {
                hoard.add(new byte[1 << 20]);
            }
            """;

    @TempDir
    private Path folder;

    private static JobLimits limits() {
        return new JobLimits(1 << 20, 10, 100, Duration.ofDays(1), Duration.ofSeconds(20), 96L << 20);
    }

    private static String submit(ServerFixture fixture, String plugin) throws Exception {
        HttpResponse<String> response =
                fixture.submit(Part.field("plugin", plugin), Part.file("scan.png", ServerFixture.png(8, 6)));
        assertThat(response.statusCode())
                .as(
                        "%s; installed: %s",
                        response.body(), fixture.get("/api/plugins").body())
                .isEqualTo(202);
        return ServerFixture.JSON.readTree(response.body()).get("id").asText();
    }

    private static void awaitWorker(ServerFixture fixture) throws Exception {
        for (int i = 0; i < 20 && fixture.get("/api/plugins").statusCode() == 503; i++) {
            Thread.sleep(100);
        }
    }

    private Path jar(String id) {
        return folder.resolve("installation/plugins").resolve(id + ".jar");
    }

    @Test
    void aPluginThatTakesItsWorkerWithItIsNamedAndTheOthersGoOn() throws Exception {
        Map<String, String> misdeeds = new LinkedHashMap<>();
        misdeeds.put("hangs", HANG);
        misdeeds.put("spins", SPIN);
        misdeeds.put("deadlocks", """
                Thread other = new Thread(() -> { synchronized (String.class) { %s } });
                other.start();
                try { Thread.sleep(200); } catch (InterruptedException e) { throw new IllegalStateException(e); }
                synchronized (String.class) { other.interrupt(); }
                """.formatted(SPIN));
        misdeeds.put("floods", FLOOD);
        misdeeds.put("floodsinathread", """
                Thread thread = new Thread(() -> { %s });
                thread.start();
                try { thread.join(); } catch (InterruptedException e) { throw new IllegalStateException(e); }
                """.formatted(FLOOD));
        misdeeds.put("crashes", CRASH);
        misdeeds.put("exits", "System.exit(0);");
        misdeeds.put("halts", "Runtime.getRuntime().halt(1);");
        Map<String, String> harmless = Map.of(
                "closesstreams", "System.out.close(); System.err.close(); " + TestPlugin.COPY,
                "readsorders",
                        "try { System.in.close(); } catch (java.io.IOException e) { throw new IllegalStateException(e); }"
                                + TestPlugin.COPY,
                "staysathread",
                        "new Thread(() -> { " + SPIN.replace("onSpinWait", "yield") + " }).start(); "
                                + TestPlugin.COPY);
        TestPlugin.cleaner("sound", TestPlugin.COPY).jar(jar("sound"));
        misdeeds.forEach((id, statements) -> TestPlugin.cleaner(id, statements).jar(jar(id)));
        harmless.forEach((id, statements) -> TestPlugin.cleaner(id, statements).jar(jar(id)));
        Map<String, String> told = new TreeMap<>();
        try (ServerFixture fixture = new ServerFixture(folder, limits())) {
            awaitWorker(fixture);
            for (String id : misdeeds.keySet()) {
                String bad = submit(fixture, id);
                String good = submit(fixture, "sound");
                JsonNode problem = fixture.awaitEnd(bad).path("problem");
                told.put(
                        id,
                        problem.path("subject").asText() + ": "
                                + problem.path("problem").asText());
                assertThat(fixture.awaitEnd(good).get("state").asText())
                        .as("the sound plugin after %s", id)
                        .isEqualTo("done");
            }
            for (String id : harmless.keySet()) {
                String bad = submit(fixture, id);
                String good = submit(fixture, "sound");
                told.put(
                        id,
                        "plugin " + id + ": "
                                + fixture.awaitEnd(bad).get("state").asText());
                assertThat(fixture.awaitEnd(good).get("state").asText())
                        .as("the sound plugin after %s", id)
                        .isEqualTo("done");
            }
        }
        System.out.println(told);
        assertThat(told).allSatisfy((id, problem) -> assertThat(problem).startsWith("plugin " + id + ": "));
        for (String id : new String[] {"hangs", "spins", "deadlocks"}) {
            assertThat(told.get(id)).contains("nothing was heard of it");
        }
        for (String id : new String[] {"floods", "floodsinathread"}) {
            assertThat(told.get(id)).contains("not enough memory");
        }
        for (String id : new String[] {"crashes", "exits", "halts"}) {
            assertThat(told.get(id)).contains("brought the worker down");
        }
        assertThat(harmless.keySet()).allSatisfy(id -> assertThat(told.get(id)).endsWith("done"));
    }

    @Test
    void aPluginThatTakesTheWorkerWithItWhenItIsStartedIsLeftOutAndNamed() throws Exception {
        Map<String, String> misdeeds = Map.of(
                "hangsatstart", HANG,
                "floodsatstart", FLOOD,
                "crashesatstart", CRASH,
                "exitsatstart", "System.exit(0);",
                "throwsatstart", "throw new IllegalStateException(\"not today\");");
        TestPlugin.cleaner("sound", TestPlugin.COPY).jar(jar("sound"));
        misdeeds.forEach((id, statements) -> TestPlugin.cleaner(id, TestPlugin.COPY)
                .source(id + ".Life", """
                        package %s;
                        public class Life extends org.pf4j.Plugin {
                            @Override public void start() { %s }
                        }
                        """.formatted(id, statements))
                .descriptor("plugin.class", id + ".Life")
                .jar(jar(id)));
        try (ServerFixture fixture = new ServerFixture(folder, limits())) {
            awaitWorker(fixture);
            String good = submit(fixture, "sound");
            JsonNode done = fixture.awaitEnd(good);
            assertThat(done.get("state").asText()).as(done.toString()).isEqualTo("done");
            JsonNode installed =
                    ServerFixture.JSON.readTree(fixture.get("/api/plugins").body());
            System.out.println(installed.get("failures"));
            assertThat(installed.get("failures")).hasSize(misdeeds.size());
            assertThat(misdeeds.keySet()).allSatisfy(id -> assertThat(installed.get("failures"))
                    .anyMatch(failure -> failure.get("subject").asText().contains(id)));
            assertThat(installed.get("plugins")).hasSize(2);
        }
    }
}
