package io.tidewire.llm;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stand-in's requests of one connection (HTTP/1.1), or the one request of a stream (HTTP/2). */
final class ModelHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(ModelHandler.class);
    private static final List<String> SETTINGS = List.of("rate", "tokens", "first", "fault", "status");
    private static final String RESPONSES = "/v1/responses/";

    /** What the connections of a stand-in share. */
    record Shared(
            ModelPace pace,
            Map<EventLoop, ModelPacer> pacers,
            ModelCounters counters,
            ModelAnswered answered,
            Runnable release) {}

    private final Shared shared;
    private @Nullable ModelAnswer answer;

    ModelHandler(Shared shared) {
        this.shared = shared;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            ctx.writeAndFlush(
                    ModelReplies.json(HttpResponseStatus.BAD_REQUEST, ModelErrors.openAi(400, "request: not HTTP")));
            ctx.close();
            return;
        }
        QueryStringDecoder query = new QueryStringDecoder(request.uri());
        String path = query.path();
        boolean post = request.method().equals(HttpMethod.POST);
        Optional<ModelEndpoint> endpoint = ModelEndpoint.of(path);
        if (post && endpoint.isPresent()) {
            answer(ctx, endpoint.get(), request, query);
        } else if (path.startsWith("/echo")) {
            ctx.writeAndFlush(ModelReplies.echo(request));
        } else if (post && path.equals("/release")) {
            shared.release().run();
            ctx.writeAndFlush(ModelReplies.noContent());
        } else if (request.method().equals(HttpMethod.GET)) {
            get(ctx, path, query);
        } else {
            ctx.writeAndFlush(notFound(request.method() + " " + path));
        }
    }

    private void get(ChannelHandlerContext ctx, String path, QueryStringDecoder query) {
        Optional<ModelSpeech> before = path.startsWith(RESPONSES)
                ? shared.answered().find(path.substring(RESPONSES.length()))
                : Optional.empty();
        if (before.isPresent()) {
            again(ctx, before.get(), query);
        } else if (path.equals("/stats")) {
            ctx.writeAndFlush(ModelReplies.stats(shared.counters().stats()));
        } else if (path.equals("/v1/models")) {
            ctx.writeAndFlush(ModelReplies.models());
        } else {
            ctx.writeAndFlush(notFound("GET " + path));
        }
    }

    private static Object notFound(String what) {
        return ModelReplies.json(HttpResponseStatus.NOT_FOUND, ModelErrors.openAi(404, what + ": not found"));
    }

    private void answer(
            ChannelHandlerContext ctx, ModelEndpoint endpoint, FullHttpRequest http, QueryStringDecoder query) {
        long id = shared.counters().request();
        try {
            ModelRequest request = ModelRequest.parse(endpoint, ByteBufUtil.getBytes(http.content()));
            ModelPace pace = pace(request, http, query);
            if (pace.fault().kind() == ModelFault.Kind.STATUS) {
                ctx.writeAndFlush(ModelReplies.fault(endpoint, pace.fault().at(), id));
                return;
            }
            ModelSpeech speech = new ModelSpeech(id, request, ModelTokens.of(request.prompt()), pace.tokens(), -1);
            if (endpoint == ModelEndpoint.RESPONSES) {
                shared.answered().add(speech);
            }
            begin(ctx, pace, speech, endpoint);
        } catch (IllegalArgumentException e) {
            ctx.writeAndFlush(ModelReplies.json(
                    HttpResponseStatus.BAD_REQUEST, endpoint.error(400, String.valueOf(e.getMessage()))));
        }
    }

    private void again(ChannelHandlerContext ctx, ModelSpeech before, QueryStringDecoder query) {
        boolean stream = first(query, "stream").equals("true");
        try {
            String after = first(query, "starting_after");
            ModelRequest asked = before.request();
            ModelRequest request =
                    new ModelRequest(asked.model(), asked.prompt(), stream, asked.includeUsage(), asked.limit());
            ModelSpeech speech = new ModelSpeech(
                    before.id(),
                    request,
                    before.tokens(),
                    before.count(),
                    after.isEmpty() ? -1 : Long.parseLong(after));
            begin(ctx, overridden(shared.pace(), query), speech, ModelEndpoint.RESPONSES);
        } catch (IllegalArgumentException e) {
            ctx.writeAndFlush(ModelReplies.json(
                    HttpResponseStatus.BAD_REQUEST,
                    ModelErrors.openAi(400, "starting_after or settings: " + e.getMessage())));
        }
    }

    private void begin(ChannelHandlerContext ctx, ModelPace pace, ModelSpeech speech, ModelEndpoint endpoint) {
        ModelPacer pacer =
                Objects.requireNonNull(shared.pacers().get(ctx.channel().eventLoop()));
        ModelAnswer begun = new ModelAnswer(ctx, pace, speech, endpoint, shared.counters(), pacer.nowNanos());
        answer = begun;
        pacer.begin(begun);
    }

    /** The nearer to the request, the stronger: our own settings, the model's name, the query, the header. */
    private ModelPace pace(ModelRequest request, FullHttpRequest http, QueryStringDecoder query) {
        ModelPace pace = shared.pace();
        if (request.limit().isPresent()) {
            pace = pace.withTokens(request.limit().getAsInt());
        }
        pace = overridden(pace.with(request.settingsInModel()), query);
        return pace.with(Objects.requireNonNullElse(http.headers().get("x-stand-in"), ""));
    }

    private static ModelPace overridden(ModelPace usual, QueryStringDecoder query) {
        ModelPace pace = usual;
        for (String name : SETTINGS) {
            String value = first(query, name);
            pace = value.isEmpty() ? pace : pace.with(name, value);
        }
        return pace;
    }

    private static String first(QueryStringDecoder query, String name) {
        List<String> values = query.parameters().get(name);
        return values == null ? "" : values.get(0);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ModelAnswer speaking = answer;
        if (speaking != null && ctx.channel().isWritable()) {
            speaking.pump(
                    Objects.requireNonNull(shared.pacers().get(ctx.channel().eventLoop()))
                            .nowNanos());
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (answer != null) {
            answer.abandoned();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
        if (!(failure instanceof IOException)) { // a client that hangs up is none
            LOG.warn("stand-in: a connection failed", failure);
        }
        ctx.close();
    }
}
