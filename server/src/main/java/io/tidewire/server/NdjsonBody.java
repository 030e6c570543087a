package io.tidewire.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A batch, or one long streaming POST: a line of JSON for each event, acknowledged by a line each as it goes (B8). A bad line is
 * answered by its problem and stops nothing else.
 */
final class NdjsonBody implements BodySink {
    /** Lines taken together as one append: what one read brings is usually less. */
    private static final int MAX_BATCH = 256;

    /** Events on their way to the log before no more is read from this publisher. */
    private static final int MAX_IN_FLIGHT = 1024;

    private final ServerContext server;
    private final Exchange exchange;
    private final PublishDefaults defaults;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final List<Append> batch = new ArrayList<>();
    private final boolean chunked;
    private final Queue<Answers> queue = new ArrayDeque<>();
    private long lineNumber;
    private long batchLine;
    private int inFlight;
    private boolean overlong;
    private boolean ended;
    private boolean started;

    NdjsonBody(ServerContext server, Exchange exchange, PublishDefaults defaults) {
        this.server = server;
        this.exchange = exchange;
        this.defaults = defaults;
        this.chunked = !HttpHandler.isOld(exchange.request());
    }

    @Override
    public void part(ByteBuf bytes) {
        while (bytes.isReadable()) {
            int end = bytes.bytesBefore((byte) '\n');
            int take = end < 0 ? bytes.readableBytes() : end;
            overlong |= line.size() + take > server.limits().maxBodyBytes();
            if (overlong) {
                line.reset();
                bytes.skipBytes(take);
            } else {
                line.writeBytes(Text.bytes(bytes.readSlice(take)));
            }
            if (end >= 0) {
                bytes.skipBytes(1);
                endOfLine();
            }
        }
        publishBatch();
    }

    @Override
    public void end() {
        endOfLine();
        publishBatch();
        ended = true;
        endIfDone();
    }

    private void endOfLine() {
        byte[] text = line.toByteArray();
        line.reset();
        lineNumber++;
        if (overlong) {
            overlong = false;
            refuse(WholeBody.tooLarge(server.limits().maxBodyBytes()));
            return;
        }
        if (isBlank(text)) {
            return;
        }
        try {
            server.publishRate().take();
            Append append = JsonUpdate.read(text, null, defaults);
            server.access().requirePublish(exchange.caller(), append.update());
            server.hub().requireFits(append.update());
            if (batch.isEmpty() || batchLine + batch.size() != lineNumber) {
                publishBatch(); // a blank line between: the lines of a batch have consecutive numbers
                batchLine = lineNumber;
            }
            batch.add(append);
        } catch (Problem e) {
            refuse(e);
        } catch (IllegalArgumentException e) {
            refuse(Problem.badRequest(String.valueOf(e.getMessage())));
        }
        if (batch.size() >= MAX_BATCH) {
            publishBatch();
        }
    }

    private void refuse(Problem problem) {
        publishBatch();
        Answers answers = new Answers(1, lineNumber);
        answers.add(error(problem, lineNumber));
        queue.add(answers);
        flush();
    }

    private void publishBatch() {
        if (batch.isEmpty()) {
            return;
        }
        List<Append> appends = List.copyOf(batch);
        Answers answers = new Answers(appends.size(), batchLine);
        batch.clear();
        queue.add(answers);
        inFlight += appends.size();
        exchange.handler().pauseBody(exchange.context(), inFlight >= MAX_IN_FLIGHT);
        server.hub()
                .append(appends)
                .whenComplete((results, failure) -> server.onLoop(exchange, () -> {
                    inFlight -= appends.size();
                    for (int i = 0; i < answers.count; i++) {
                        answers.add(
                                failure != null
                                        ? error(HttpHandler.asProblem(failure), answers.line + i)
                                        : acknowledgement(results.get(i), answers.line + i));
                    }
                    flush();
                    exchange.handler().pauseBody(exchange.context(), inFlight >= MAX_IN_FLIGHT);
                }));
    }

    private static ObjectNode acknowledgement(AppendResult result, long line) {
        return result.outcome() == AppendResult.Outcome.CONFLICT
                ? error(PublishRoute.conflict(result), line)
                : PublishRoute.acknowledgement(result);
    }

    private static ObjectNode error(Problem problem, long line) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("error", problem.json());
        json.put("line", line);
        return json;
    }

    /** Sends the answers that are there, up to the first line whose answer is not. */
    private void flush() {
        for (Answers first = queue.peek(); first != null && first.isComplete(); first = queue.peek()) {
            queue.poll();
            first.lines.forEach(this::answer);
        }
        exchange.flushParts();
        endIfDone();
    }

    /** The answers to some lines that were published together. */
    private static final class Answers {
        private final int count;
        private final long line;
        private final List<ObjectNode> lines = new ArrayList<>();

        Answers(int count, long line) {
            this.count = count;
            this.line = line;
        }

        void add(ObjectNode answer) {
            lines.add(answer);
        }

        boolean isComplete() {
            return lines.size() == count;
        }
    }

    private void answer(ObjectNode json) {
        start();
        exchange.part(exchange.wire().piece(Unpooled.wrappedBuffer((json + "\n").getBytes(StandardCharsets.UTF_8))));
    }

    private void start() {
        if (!started) {
            started = true;
            exchange.begin(chunked);
            exchange.part(exchange.wire().head(exchange, Responses.Head.ok("application/x-ndjson")));
        }
    }

    private void endIfDone() {
        if (ended && queue.isEmpty()) {
            ended = false;
            start();
            exchange.part(exchange.wire().last());
            exchange.complete();
        }
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
