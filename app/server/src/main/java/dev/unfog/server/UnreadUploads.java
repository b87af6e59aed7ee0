package dev.unfog.server;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Reads, after the answer, what a client still sends: a connection that is closed while bytes arrive is reset, and the answer may
 * be lost with it, so that whoever sent too much would not learn so (RFC 9112, section 9.6).
 *
 * <p>Holds no thread while it waits, and gives up after {@value #SECONDS} seconds.
 */
final class UnreadUploads extends Handler.Wrapper {
    private static final int SECONDS = 30;

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!request.getMethod().equals("POST")) {
            return super.handle(request, response, callback);
        }
        Upload upload = new Upload(request);
        return super.handle(upload, new Answer(upload, response), new Callback.Nested(callback) {
            @Override
            public void succeeded() {
                if (upload.isRead) {
                    callback.succeeded();
                    return;
                }
                Scheduler.Task end = request.getComponents()
                        .getScheduler()
                        .schedule(() -> request.fail(new TimeoutException()), SECONDS, TimeUnit.SECONDS);
                Content.Source.consumeAll(request, Callback.from(end::cancel, callback));
            }
        });
    }

    /** A request whose rest can be read although its reader has had enough. */
    private static final class Upload extends Request.Wrapper {
        private volatile boolean isRead;

        Upload(Request request) {
            super(request);
            isRead = request.getLength() == 0;
        }

        @Override
        public Content.Chunk read() {
            Content.Chunk chunk = super.read();
            isRead |= chunk != null && chunk.isLast() && !Content.Chunk.isFailure(chunk);
            return chunk;
        }

        /** It is consumed after the answer. */
        @Override
        public boolean consumeAvailable() {
            return true;
        }

        @Override
        public void fail(Throwable failure) {
            // The reader refuses what comes; it comes all the same.
        }
    }

    /** An answer that says that the connection ends with it, if it comes before everything is read. */
    private static final class Answer extends Response.Wrapper {
        private final Upload upload;

        Answer(Upload upload, Response response) {
            super(upload, response);
            this.upload = upload;
        }

        @Override
        public void write(boolean last, ByteBuffer content, Callback callback) {
            if (!isCommitted() && !upload.isRead) {
                getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
            }
            super.write(last, content, callback);
        }
    }
}
