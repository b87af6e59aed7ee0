package dev.unfog.core.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unfog.api.score.Device;

/**
 * A session with a count of its users, so that its native memory never goes while one of them runs it.
 *
 * <p>Whoever has a network open is a user, and so is every call in progress.
 */
final class SharedSession {
    private final OrtSession session;
    private final Device device;
    private int users;
    private boolean isRetired;
    private boolean isClosed;

    SharedSession(OrtSession session, Device device) {
        this.session = session;
        this.device = device;
        OnnxEnvironment.opened();
    }

    OrtSession session() {
        return session;
    }

    Device device() {
        return device;
    }

    /** Adds a user; returns false if the session is closed already. */
    synchronized boolean acquire() {
        if (isClosed) {
            return false;
        }
        users++;
        return true;
    }

    synchronized void release() {
        users--;
        closeIfUnused();
    }

    /** Lets the session close as soon as nobody uses it. */
    synchronized void retire() {
        isRetired = true;
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (isRetired && users == 0 && !isClosed) {
            isClosed = true;
            try {
                session.close();
            } catch (OrtException exception) {
                throw new IllegalStateException(exception);
            } finally {
                OnnxEnvironment.closed();
            }
        }
    }
}
