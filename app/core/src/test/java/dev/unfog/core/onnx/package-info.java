/** Tests of running networks, with real ONNX graphs. */
@NullMarked
package dev.unfog.core.onnx;

import org.jspecify.annotations.NullMarked;
