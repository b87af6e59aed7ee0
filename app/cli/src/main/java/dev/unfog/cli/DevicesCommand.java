package dev.unfog.cli;

import dev.unfog.core.onnx.DeviceChoice;
import dev.unfog.core.onnx.DevicePolicy;
import dev.unfog.core.onnx.DeviceStatus;
import dev.unfog.core.onnx.Devices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unfog devices}. */
@Command(
        name = "devices",
        sortOptions = false,
        synopsisHeading = "%nUsage: ",
        header = "Show what score networks can run on here.",
        description = "%nEach device is tried with a tiny network. '*' marks the one that --device auto takes.",
        optionListHeading = "%nOptions:%n")
final class DevicesCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private CommonOptions common = new CommonOptions();

    DevicesCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Devices devices = session.unfog().devices();
        DeviceChoice automatic = devices.choose(DevicePolicy.AUTO);
        List<Map<String, Object>> list = new ArrayList<>();
        for (DeviceStatus status : devices.list()) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("device", status.device().toString());
            object.put("available", status.isAvailable());
            status.obstacle().ifPresent(obstacle -> object.put("obstacle", obstacle));
            list.add(object);
            if (!common.json) {
                session.terminal()
                        .out()
                        .println(String.format(
                                Locale.ROOT,
                                "%s %-8s %s",
                                status.device().equals(automatic.device()) ? "*" : " ",
                                status.device(),
                                status.obstacle().orElse("available")));
            }
        }
        if (common.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("devices", list);
            object.put("auto", automatic.device().toString());
            session.terminal().out().println(Json.write(object));
        }
        return ExitCode.DONE;
    }
}
