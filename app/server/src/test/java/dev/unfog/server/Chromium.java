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
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
        JsonNode page = null;
        for (JsonNode target : JSON.readTree(
                client.send(list, HttpResponse.BodyHandlers.ofString()).body())) {
            if (target.get("type").asText().equals("page")) {
                page = target;
            }
        }
        if (page == null) {
            throw new IllegalStateException("Chromium has no page");
        }
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(page.get("webSocketDebuggerUrl").asText()), new Listener())
                .get(20, TimeUnit.SECONDS);
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
        if (method.equals("Runtime.exceptionThrown") || method.equals("Log.entryAdded")) {
            complaints.add(message.get("params").toString());
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

    /** Presses the button with a text, as the keyboard would: it gets the focus, then Enter. */
    void press(String text) throws Exception {
        await(
                "[...document.querySelectorAll('button')].some((b) => b.offsetParent && !b.disabled && b.textContent === '"
                        + text + "')");
        evaluate("[...document.querySelectorAll('button')].find((b) => b.offsetParent && b.textContent === '" + text
                + "').focus()");
        for (String type : List.of("keyDown", "keyUp")) {
            call(
                    "Input.dispatchKeyEvent",
                    JSON.createObjectNode()
                            .put("type", type)
                            .put("key", "Enter")
                            .put("code", "Enter")
                            .put("text", type.equals("keyDown") ? "\r" : "")
                            .put("windowsVirtualKeyCode", 13));
        }
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
