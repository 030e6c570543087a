package io.tidewire.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.tidewire.hub.TaskOutcome;
import io.tidewire.hub.TaskPage;
import io.tidewire.hub.TaskSpec;
import io.tidewire.hub.TaskState;
import io.tidewire.hub.Tasks;
import io.tidewire.sse.JsonData;
import io.tidewire.stream.Offset;
import io.tidewire.stream.StreamInfo;
import io.tidewire.stream.StreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Long jobs over HTTP (S17): somebody creates one, a worker in any language reports on it, its owner watches. One per event loop.
 *
 * <p>Creating and reporting needs a grant to publish to {@code /tasks} or to the task's path. Reading needs to be the task's owner, or a grant
 * for its path; a task without an owner is read by whoever knows its id. Whoever may not read a task is told that there is none.
 */
final class TaskRoute {
    private static final byte[] NOTHING = {};
    private static final String PATH = "/tasks";
    private static final String FRESH = "Cache-Control: no-store\r\nVary: Accept\r\n";
    private static final int PAGE = 50;

    private final ServerContext server;

    TaskRoute(ServerContext server) {
        this.server = server;
    }

    private Tasks tasks() {
        return server.hub().tasks();
    }

    private @Nullable String user(Exchange exchange) {
        return server.user(exchange, server.remote(exchange));
    }

    // --- /tasks

    BodySink all(Exchange exchange) {
        if (exchange.is(HttpMethod.POST)) {
            server.access().requireControl(exchange.caller(), PATH);
            server.publishRate().take();
            return new WholeBody(
                    server.limits().maxBodyBytes(), body -> create(exchange, TaskBody.spec(body, user(exchange))));
        }
        Routes.requireGet(exchange, "GET, HEAD, POST");
        list(exchange);
        return BodySink.NONE;
    }

    private void create(Exchange exchange, TaskSpec spec) {
        server.then(exchange, tasks().create(spec), outcome -> {
            TaskState state = outcome.task()
                    .orElseThrow(() -> new Problem(
                            HttpResponseStatus.CONFLICT,
                            "id: " + spec.id() + " is taken (expected: a new one, or none)"));
            exchange.respond(
                    new Responses.Head(
                            HttpResponseStatus.CREATED,
                            "application/json",
                            FRESH + "Location: " + PATH + "/" + state.id() + "\r\n"),
                    bytes(state.toJson()));
        });
    }

    /** Whoever has a grant for all tasks sees all, or those of anybody; else everybody their own. */
    private void list(Exchange exchange) {
        server.access().requireSubscriber(exchange.caller());
        String user = user(exchange);
        String asked = PublishDefaults.first(exchange.query(), "owner");
        boolean seesAll = isGranted(exchange.caller(), PATH);
        if (!seesAll && asked != null && !asked.equals(user)) {
            throw Access.forbidden("owner: another (expected: nobody or yourself, or a grant for " + PATH + ")");
        }
        String owner = asked != null || seesAll ? asked : user;
        if (owner == null && !seesAll) {
            throw new Problem(
                            HttpResponseStatus.UNAUTHORIZED,
                            "user: nobody (expected: a token that says who asks, or with a grant for " + PATH + ")")
                    .field("WWW-Authenticate", "Bearer");
        }
        String after = Optional.ofNullable(PublishDefaults.first(exchange.query(), "after"))
                .orElse("");
        int limit = limit(PublishDefaults.first(exchange.query(), "limit"));
        server.then(
                exchange,
                owner == null ? tasks().listAll(after, limit) : tasks().list(owner, after, limit),
                page -> respond(exchange, HttpResponseStatus.OK, json(page)));
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return PAGE;
        }
        if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Problem.badRequest("limit: " + text + " (expected: 1 to 200)");
        }
        return Integer.parseInt(text);
    }

    private static String json(TaskPage page) {
        String next = page.next();
        return page.tasks().stream().map(TaskState::toJson).collect(Collectors.joining(",", "{\"tasks\":[", "]"))
                + (next == null ? "" : ",\"next\":" + JsonData.quoted(next)) + "}";
    }

    // --- /tasks/{id}

    BodySink one(Exchange exchange, String id) {
        if (exchange.is(HttpMethod.PATCH) || exchange.is(HttpMethod.PUT)) {
            server.access().requireControl(exchange.caller(), path(id));
            return new WholeBody(server.limits().maxBodyBytes(), body -> report(exchange, id, body));
        }
        if (exchange.is(HttpMethod.DELETE)) {
            withTask(exchange, id, state -> end(exchange, state));
            return BodySink.NONE;
        }
        Routes.requireGet(exchange, "GET, HEAD, PATCH, PUT, DELETE");
        server.access().requireSubscriber(exchange.caller());
        // Once the body was read, though it means nothing: a response that stays open takes the connection over.
        return new WholeBody(
                server.limits().maxBodyBytes(), body -> withTask(exchange, id, state -> show(exchange, state)));
    }

    private static String path(String id) {
        return PATH + "/" + id;
    }

    private static Problem unknown(String id) {
        return Problem.notFound(
                "task: " + (TaskSpec.isId(id) ? id : "of no such id") + " (expected: one that there is)");
    }

    private static boolean isGranted(Caller caller, String path) {
        return caller.mayPublish(path) || caller.maySubscribe(path);
    }

    private boolean isOwner(Exchange exchange, TaskState state) {
        return state.owner() != null && state.owner().equals(user(exchange));
    }

    /** Goes on with a task that the caller may see; to anybody else there is none. */
    private void withTask(Exchange exchange, String id, Consumer<TaskState> then) {
        if (!TaskSpec.isId(id)) {
            throw unknown(id);
        }
        server.then(exchange, tasks().find(id), found -> {
            TaskState state = found.orElseThrow(() -> unknown(id));
            boolean mayRead =
                    state.owner() == null || isOwner(exchange, state) || isGranted(exchange.caller(), path(id));
            if (!mayRead) {
                throw unknown(id);
            }
            then.accept(state);
        });
    }

    private void report(Exchange exchange, String id, byte[] body) {
        server.publishRate().take();
        server.then(exchange, tasks().report(id, TaskBody.report(body)), outcome -> {
            TaskState state = outcome.task().orElseThrow(() -> unknown(id));
            switch (outcome.kind()) {
                case DONE -> respond(exchange, HttpResponseStatus.OK, state.toJson());
                case ENDED ->
                    throw conflict("task: " + id + " is " + state.status().label()
                                    + " (expected: one that has not ended)")
                            .with("taskStatus", state.status().label());
                case REPORTED_BY_ITS_PROCESS ->
                    throw conflict("task: " + id + " is reported on by the process that started it (expected: one that"
                            + " was created by POST " + PATH + ")");
                case UNKNOWN, EXISTS -> throw unknown(id);
            }
        });
    }

    private static Problem conflict(String detail) {
        return new Problem(HttpResponseStatus.CONFLICT, detail);
    }

    /** Asks a task to stop, or removes one that has ended. Its owner may, and who may report on it. */
    private void end(Exchange exchange, TaskState state) {
        if (!isOwner(exchange, state)) {
            server.access().requireControl(exchange.caller(), path(state.id()));
        }
        if (state.isFinal()) {
            remove(exchange, state.id());
            return;
        }
        server.then(exchange, tasks().cancel(state.id()), outcome -> {
            TaskState now = outcome.task().orElseThrow(() -> unknown(state.id()));
            if (outcome.kind() == TaskOutcome.Kind.ENDED) {
                remove(exchange, state.id());
            } else {
                respond(exchange, now.isFinal() ? HttpResponseStatus.OK : HttpResponseStatus.ACCEPTED, now.toJson());
            }
        });
    }

    private void remove(Exchange exchange, String id) {
        server.then(exchange, tasks().remove(id), removed -> noContent(exchange));
    }

    private static void noContent(Exchange exchange) {
        exchange.respond(new Responses.Head(HttpResponseStatus.NO_CONTENT, "", ""), NOTHING);
    }

    private void show(Exchange exchange, TaskState state) {
        boolean withOwner = isOwner(exchange, state) || exchange.caller().mayPublish(path(state.id()));
        String accept = exchange.request().headers().get(HttpHeaderNames.ACCEPT);
        if (accept == null || !accept.contains("text/event-stream") || exchange.is(HttpMethod.HEAD)) {
            respond(exchange, HttpResponseStatus.OK, (withOwner ? state : state.withoutOwner()).toJson());
            return;
        }
        server.then(exchange, server.hub().streams().info(Tasks.streamOf(state.id())), found -> {
            StreamInfo info = found.orElseThrow(() -> unknown(state.id()));
            follow(exchange, info, withOwner);
        });
    }

    /** Begins with the newest state, unless the client has it; to one that has the last, nothing follows. */
    private void follow(Exchange exchange, StreamInfo info, boolean withOwner) {
        Offset newest = new Offset(Math.max(0, info.tail().number() - 1));
        String last = lastEventId(exchange);
        boolean isSeen = last != null && last.equals(info.tail().token());
        if (isSeen && info.closed()) {
            noContent(exchange);
            return;
        }
        exchange.handler().whenFirst(exchange, () -> {
            StreamReader reader = server.hub().streams().reader(info.name(), isSeen ? info.tail() : newest);
            StreamFeed.serve(server, exchange, TaskEvents.HEAD, reader, new TaskEvents(withOwner));
        });
    }

    private static @Nullable String lastEventId(Exchange exchange) {
        String header = LastEventId.of(exchange.request().headers());
        for (String name : LastEventId.NAMES) {
            header = header == null ? PublishDefaults.first(exchange.query(), name) : header;
        }
        return header;
    }

    private static void respond(Exchange exchange, HttpResponseStatus status, String json) {
        exchange.respond(new Responses.Head(status, "application/json", FRESH), bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
