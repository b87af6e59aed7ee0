package dev.unfog.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.media.Media;
import dev.unfog.api.media.MediaKind;
import dev.unfog.api.media.Outputs;
import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterValues;
import dev.unfog.api.plugin.Cleaner;
import dev.unfog.api.plugin.PluginContext;
import dev.unfog.core.plugin.PluginExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationChoiceTest {
    @TempDir
    private Path folder;

    private static PluginExtension<Cleaner> cleaner(String plugin, MediaKind... kinds) {
        return new PluginExtension<>(plugin, new Cleaner() {
            @Override
            public String summary() {
                return "copies";
            }

            @Override
            public Set<MediaKind> accepts() {
                return Set.of(kinds);
            }

            @Override
            public List<Parameter<?>> parameters() {
                return List.of();
            }

            @Override
            public void clean(Media input, Outputs outputs, ParameterValues parameters, PluginContext context) {
                throw new AssertionError("Choosing a cleaner runs none");
            }
        });
    }

    private final List<PluginExtension<Cleaner>> cleaners = List.of(
            cleaner("paint", MediaKind.PICTURE),
            cleaner("photo", MediaKind.PICTURE),
            cleaner("speech", MediaKind.AUDIO));

    private Configuration configuration(String text) throws IOException {
        return Configuration.read(Files.writeString(folder.resolve("config"), text));
    }

    private static void assertRefused(ErrorCode code, String message, Runnable choice) {
        assertThatThrownBy(choice::run)
                .isInstanceOfSatisfying(
                        UnfogException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void theOnlyOneThatAcceptsAKindIsTaken() throws IOException {
        assertThat(new OperationChoice<>("clean", cleaners, List.of(), configuration(""))
                        .of(MediaKind.AUDIO)
                        .pluginId())
                .isEqualTo("speech");
    }

    @Test
    void amongSeveralNothingIsGuessed() throws IOException {
        OperationChoice<Cleaner> choice = new OperationChoice<>("clean", cleaners, List.of(), configuration(""));
        assertRefused(ErrorCode.BAD_PARAMETER, "paint, photo", () -> choice.of(MediaKind.PICTURE));
    }

    @Test
    void theSettingsDecideAndTheUserOverrulesThem() throws IOException {
        Configuration configuration = configuration("# mine\nclean.picture = photo\n");
        assertThat(new OperationChoice<>("clean", cleaners, List.of(), configuration)
                        .of(MediaKind.PICTURE)
                        .pluginId())
                .isEqualTo("photo");
        assertThat(new OperationChoice<>("clean", cleaners, List.of("paint"), configuration)
                        .of(MediaKind.PICTURE)
                        .pluginId())
                .isEqualTo("paint");
    }

    @Test
    void settingsThatNameAPluginThatIsNotThereDecideNothing() throws IOException {
        OperationChoice<Cleaner> choice =
                new OperationChoice<>("clean", cleaners, List.of(), configuration("clean.picture = gone\n"));
        assertRefused(ErrorCode.BAD_PARAMETER, "paint, photo", () -> choice.of(MediaKind.PICTURE));
    }

    @Test
    void aKindThatNobodyAcceptsIsRefused() throws IOException {
        OperationChoice<Cleaner> choice = new OperationChoice<>("clean", cleaners, List.of(), configuration(""));
        assertRefused(ErrorCode.PLUGIN_NOT_FOUND, "no plugin cleans them", () -> choice.of(MediaKind.ROWS));
        OperationChoice<Cleaner> named = new OperationChoice<>("clean", cleaners, List.of("speech"), configuration(""));
        assertRefused(ErrorCode.PLUGIN_NOT_FOUND, "give one of paint, photo", () -> named.of(MediaKind.PICTURE));
    }

    @Test
    void aPluginThatIsNotThereCannotBeNamed() throws IOException {
        Configuration configuration = configuration("");
        assertRefused(
                ErrorCode.BAD_PARAMETER,
                "give one of paint, photo, speech",
                () -> new OperationChoice<>("clean", cleaners, List.of("nobody"), configuration));
    }

    @Test
    void settingsThatThereAreNotAreRefused() {
        assertRefused(ErrorCode.BAD_PARAMETER, "there is no setting colour", () -> {
            try {
                configuration("colour = blue\n");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(Configuration.read(folder.resolve("nowhere")).pluginFor("clean", MediaKind.PICTURE))
                .isEmpty();
    }
}
