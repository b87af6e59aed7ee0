package dev.unfog.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A headless Chromium with one page, told what to do over its DevTools protocol. For one thread. */
final class Chromium implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern ADDRESS = Pattern.compile("ws://[^:]+:(\\d+)/\\S+");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    Chromium(Path profile, int width, int height) throws Exception {
        process = new ProcessBuilder(
                        "chromium",
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--autoplay-policy=no-user-gesture-required",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + debuggingPort() + "/json"))
                .build();
        String page = page(client, list);
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(page), new Listener())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        for (String domain : List.of("Page", "Runtime", "Log", "DOM", "Network")) {
            call(domain + ".enable", JSON.createObjectNode());
        }
        call(
                "Emulation.setDeviceMetricsOverride",
                JSON.createObjectNode()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", width < 600));
    }

    /** Returns where the page's debugger listens; the browser may be there a little before its page. */
    private static String page(HttpClient client, HttpRequest list) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            for (JsonNode target : JSON.readTree(
                    client.send(list, HttpResponse.BodyHandlers.ofString()).body())) {
                if (target.get("type").asText().equals("page")) {
                    return target.get("webSocketDebuggerUrl").asText();
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("Chromium has no page");
    }

    private String debuggingPort() throws IOException {
        BufferedReader lines = process.errorReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                Thread drain = new Thread(() -> lines.lines().forEach(rest -> {}), "chromium messages");
                drain.setDaemon(true);
                drain.start();
                return address.group(1);
            }
        }
        throw new IOException("Chromium ended before it listened");
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    receive(JSON.readTree(text.toString()));
                } catch (IOException e) {
                    complaints.add(e.toString());
                }
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }

    private void receive(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer =
                    answers.remove(message.get("id").asInt());
            if (message.has("error")) {
                answer.completeExceptionally(
                        new IllegalStateException(message.get("error").toString()));
            } else {
                answer.complete(message.get("result"));
            }
            return;
        }
        String method = message.path("method").asText();
        if (method.equals("Runtime.exceptionThrown")) {
            complaints.add(message.get("params").toString());
        } else if (method.equals("Log.entryAdded")) {
            // Warnings are advice, on speed for instance, which differs from machine to machine; what is refused is an
            // error.
            JsonNode entry = message.get("params").get("entry");
            if (entry.get("level").asText().equals("error")) {
                complaints.add(entry.toString());
            }
        } else if (method.equals("Network.requestWillBeSent")) {
            requests.add(message.get("params").get("request").get("url").asText());
        }
    }

    private JsonNode call(String method, ObjectNode parameters) throws Exception {
        int id = next.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", parameters);
        socket.sendText(message.toString(), true);
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Returns what the browser complained of: exceptions, violated policies, requests that failed. */
    List<String> complaints() {
        return complaints;
    }

    /** Returns the addresses of all requests so far. */
    List<String> requests() {
        return requests;
    }

    void open(URI page) throws Exception {
        call("Page.navigate", JSON.createObjectNode().put("url", page.toString()));
        await("document.readyState === 'complete' && location.protocol === 'http:'");
    }

    /** Evaluates an expression in the page, waiting for it if it is a promise. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode answer = call(
                "Runtime.evaluate",
                JSON.createObjectNode()
                        .put("expression", expression)
                        .put("awaitPromise", true)
                        .put("returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(answer.get("exceptionDetails").toString());
        }
        return answer.get("result").path("value");
    }

    /** Waits until an expression is true. */
    void await(String expression) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!evaluate("Boolean(" + expression + ")").asBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Never true: " + expression + "; the page says "
                        + evaluate("document.body.innerText").asText());
            }
            Thread.sleep(50);
        }
    }

    /** Chooses files in a file input, as a person would in the dialog. */
    void chooseFiles(String selector, Path... files) throws Exception {
        int root = call("DOM.getDocument", JSON.createObjectNode())
                .get("root")
                .get("nodeId")
                .asInt();
        ObjectNode query = JSON.createObjectNode().put("nodeId", root).put("selector", selector);
        ObjectNode choice = JSON.createObjectNode()
                .put("nodeId", call("DOM.querySelector", query).get("nodeId").asInt());
        for (Path file : files) {
            choice.withArray("files").add(file.toString());
        }
        call("DOM.setFileInputFiles", choice);
    }

    /** Drops files on an element, as a person would from another window. */
    void dropFiles(String selector, Path... files) throws Exception {
        JsonNode box = evaluate(
                "(() => { const e = document.querySelector('" + selector + "'); e.scrollIntoView({block: 'center'});"
                        + " const b = e.getBoundingClientRect(); return {x: b.x + b.width / 2, y: b.y + b.height / 2}; })()");
        ObjectNode data = JSON.createObjectNode().put("dragOperationsMask", 1);
        data.putArray("items");
        for (Path file : files) {
            data.withArray("files").add(file.toString());
        }
        for (String type : List.of("dragEnter", "dragOver", "drop")) {
            ObjectNode event = JSON.createObjectNode()
                    .put("type", type)
                    .put("x", box.get("x").asDouble())
                    .put("y", box.get("y").asDouble());
            event.set("data", data);
            call("Input.dispatchDragEvent", event);
        }
    }

    /** Presses the button or link whose text begins so, as the keyboard would: it gets the focus, then Enter. */
    void press(String text) throws Exception {
        await(
                "(() => { const e = [...document.querySelectorAll('button, a[href]')].find((b) => b.offsetParent && !b.disabled"
                        + " && b.textContent.startsWith('" + text
                        + "')); e?.focus(); return e && document.activeElement === e; })()");
        press("Enter", "\r", 13);
    }

    /** Presses a key where the focus is. */
    void press(String key, String text, int code) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    JSON.createObjectNode()
                            .put("type", type)
                            .put("key", key)
                            .put("code", key)
                            .put("text", type.equals("keyDown") ? text : "")
                            .put("windowsVirtualKeyCode", code));
        }
    }

    /** Has the browser prefer a colour scheme, {@code light} or {@code dark}. */
    void prefer(String scheme) throws Exception {
        ObjectNode media = JSON.createObjectNode();
        media.putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", scheme);
        call("Emulation.setEmulatedMedia", media);
    }

    /** Has downloads go to a folder without asking. */
    void downloadTo(Path folder) throws Exception {
        call(
                "Browser.setDownloadBehavior",
                JSON.createObjectNode().put("behavior", "allow").put("downloadPath", folder.toString()));
    }

    /** Returns the page as it looks, a PNG. */
    byte[] screenshot() throws Exception {
        return call("Page.captureScreenshot", JSON.createObjectNode())
                .get("data")
                .binaryValue();
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
