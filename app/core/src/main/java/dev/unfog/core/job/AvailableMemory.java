package dev.unfog.core.job;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory this machine, or the container around this process, could still give. */
final class AvailableMemory {
    private static final Path LINUX = Path.of("/proc/meminfo");
    private static final Pattern LINE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d{1,15}) kB$");

    private AvailableMemory() {}

    /** Returns the number of bytes. */
    static long bytes() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try {
            if (Files.isReadable(LINUX)) {
                // What Linux keeps of files counts as used there, though it is given up at once.
                Matcher line = LINE.matcher(Files.readString(LINUX));
                if (line.find()) {
                    return Math.min(Long.parseLong(line.group(1)) << 10, system.getTotalMemorySize());
                }
            }
        } catch (IOException e) {
            // The number below is there everywhere.
        }
        return system.getFreeMemorySize();
    }
}
