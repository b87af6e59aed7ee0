package dev.unfog.api.plugin;

import dev.unfog.api.media.MediaKind;
import dev.unfog.api.param.Parameter;
import java.util.List;
import java.util.Set;
import org.pf4j.ExtensionPoint;

/**
 * What all extension points share: what they are called, what they accept and which parameters they take.
 *
 * <p>The host makes one instance and calls it from several threads at once, so an operation keeps no state between calls. All
 * methods here return the same answer every time.
 *
 * @since 0.1.0
 */
public interface Operation extends ExtensionPoint {
    /** {@return one line for people that says what it does, without a full stop} */
    String summary();

    /** {@return the kinds of media that it accepts} */
    Set<MediaKind> accepts();

    /** {@return its parameters, in the order in which people should see them} */
    List<Parameter<?>> parameters();
}
