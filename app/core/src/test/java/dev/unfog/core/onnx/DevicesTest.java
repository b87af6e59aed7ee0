package dev.unfog.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import dev.unfog.api.score.Device;
import dev.unfog.api.score.Device.Kind;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {
    private final Devices devices = new Devices();

    @Test
    void parsesTheFiveForms() {
        assertThat(DevicePolicy.parse("auto")).isEqualTo(DevicePolicy.AUTO);
        assertThat(DevicePolicy.parse("cpu").device()).contains(Device.CPU);
        assertThat(DevicePolicy.parse("cuda").device()).contains(new Device(Kind.CUDA, 0));
        assertThat(DevicePolicy.parse("cuda:3").device()).contains(new Device(Kind.CUDA, 3));
        assertThat(DevicePolicy.parse("coreml").device()).contains(new Device(Kind.COREML, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "cuda:0", "cuda:12", "coreml"})
    void writesWhatItParses(String text) {
        assertThat(DevicePolicy.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:-1", "cuda:1000", "cuda: 1", "cpu:0"})
    void refusesWhatIsNoDevice(String text) {
        assertThatThrownBy(() -> DevicePolicy.parse(text))
                .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                .satisfies(exception -> {
                    assertThat(exception.code()).isEqualTo(ErrorCode.BAD_PARAMETER);
                    assertThat(exception.remedy()).contains("auto, cpu, cuda");
                });
    }

    @Test
    void alwaysHasTheProcessor() {
        assertThat(devices.status(Device.CPU).isAvailable()).isTrue();
        assertThat(devices.choose(DevicePolicy.named(Device.CPU)))
                .isEqualTo(new DeviceChoice(Device.CPU, Optional.empty()));
    }

    @Test
    void listsEveryKindOfDeviceWithWhatKeepsItFromBeingUsed() {
        List<DeviceStatus> list = devices.list();
        assertThat(list).extracting(status -> status.device().kind()).contains(Kind.CPU, Kind.CUDA, Kind.COREML);
        assertThat(list)
                .filteredOn(status -> !status.isAvailable())
                .allSatisfy(status ->
                        assertThat(status.obstacle().orElseThrow()).isNotBlank().doesNotContain("\n"));
    }

    @Test
    void takesTheProcessorWhereThereIsNoGpuWhenLeftToChoose() {
        DeviceChoice choice = devices.choose(DevicePolicy.AUTO);
        DeviceStatus gpu = devices.status(new Device(Kind.CUDA, 0));
        assertThat(choice.device()).isEqualTo(gpu.isAvailable() ? gpu.device() : Device.CPU);
        choice.report().ifPresent(report -> assertThat(report)
                .startsWith("running on cpu, not cuda:0: ")
                .contains(gpu.obstacle().orElseThrow()));
    }

    @Test
    void namesTheLibraryThatAGpuLacks() {
        String told =
                "Error code - ORT_FAIL - message: /onnxruntime_src/provider_bridge_ort.cc:1988 ProviderLibrary::Get() "
                        + "[ONNXRuntimeError] : 1 : FAIL : Failed to load library /opt/libonnxruntime_providers_cuda.so with error: "
                        + "libcublasLt.so.12: cannot open shared object file: No such file or directory";
        assertThat(Devices.obstacle(told))
                .isEqualTo("the library libcublasLt.so.12 is missing; install NVIDIA's CUDA and cuDNN");
        assertThat(Devices.obstacle("no CUDA-capable device\nmore"))
                .isEqualTo("it does not start (no CUDA-capable device); check its driver");
    }

    @Test
    void refusesToFallBackWhenADeviceIsNamed() {
        Device far = new Device(Kind.CUDA, 99);
        assertThatThrownBy(() -> devices.choose(DevicePolicy.named(far)))
                .asInstanceOf(InstanceOfAssertFactories.type(UnfogException.class))
                .satisfies(exception -> {
                    assertThat(exception.code()).isEqualTo(ErrorCode.DEVICE_UNAVAILABLE);
                    assertThat(exception.subject()).isEqualTo("cuda:99");
                    assertThat(exception.remedy()).contains("--device cpu");
                });
    }
}
