package io.tidewire.hub;

import io.tidewire.stream.StreamPeers;
import io.tidewire.stream.StreamWriter;
import io.tidewire.stream.Streams;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** Asks the other hubs what they do with a stream, and answers them. Safe for any thread. */
final class StreamCluster implements StreamPeers {
    private static final String READ = "stream-read";
    private static final String WRITE = "stream-write";
    private static final String STOP = "stream-stop";

    private final Peers peers;

    StreamCluster(Peers peers, Streams streams) {
        this.peers = peers;
        answer(READ, name -> streams.readers(name) > 0);
        answer(WRITE, streams::isWrittenHere);
        answer(STOP, name -> {
            Optional<StreamWriter> writer = streams.writerOf(name);
            writer.ifPresent(StreamWriter::stop);
            return writer.isPresent();
        });
    }

    private void answer(String kind, Predicate<String> answer) {
        peers.answering(
                kind,
                question -> CompletableFuture.completedFuture(new PeerWriter()
                        .flag(answer.test(new PeerReader(question).text()))
                        .bytes()));
    }

    private CompletionStage<Peers.Answers> ask(String kind, String name) {
        return peers.ask(kind, new PeerWriter().text(name).bytes());
    }

    private static boolean anySaysYes(Peers.Answers answers) {
        return answers.payloads().stream().anyMatch(payload -> new PeerReader(payload).flag());
    }

    /** A hub that is silent may be the one: until its lease ends, it counts as such. */
    private static boolean maySayYes(Peers.Answers answers) {
        return answers.silent() > 0 || anySaysYes(answers);
    }

    @Override
    public CompletionStage<Boolean> read(String name) {
        return ask(READ, name).thenApply(StreamCluster::maySayYes);
    }

    @Override
    public CompletionStage<Boolean> write(String name) {
        return ask(WRITE, name).thenApply(StreamCluster::maySayYes);
    }

    @Override
    public CompletionStage<Boolean> stop(String name) {
        return ask(STOP, name).thenApply(StreamCluster::anySaysYes);
    }
}
