/**
 * Runs score networks with ONNX Runtime: the device, the pool of sessions, and the contract that a network must satisfy.
 *
 * <p>The only package that touches ONNX Runtime, whose natives are loaded by the first network opened and by nothing
 * before. ONNX Runtime unpacks them from its jar into the temporary folder in every process; a distribution that
 * carries them unpacked starts faster by setting the system property {@code onnxruntime.native.path} to the folder that
 * holds {@code libonnxruntime.so} and {@code libonnxruntime4j_jni.so} (or what the platform calls them).
 */
@NullMarked
package dev.unfog.core.onnx;

import org.jspecify.annotations.NullMarked;
