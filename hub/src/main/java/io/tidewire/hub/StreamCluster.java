package io.tidewire.hub;

import io.tidewire.stream.StreamPeers;
import io.tidewire.stream.StreamWriter;
import io.tidewire.stream.Streams;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Asks the other hubs what they do with a stream, and answers them. Safe for any thread. */
final class StreamCluster implements StreamPeers {
    private final PeerQuestion read;
    private final PeerQuestion write;
    private final PeerQuestion stop;

    StreamCluster(Peers peers, Streams streams) {
        read = new PeerQuestion(peers, "stream-read", name -> streams.readers(name) > 0);
        write = new PeerQuestion(peers, "stream-write", streams::isWrittenHere);
        stop = new PeerQuestion(peers, "stream-stop", name -> {
            Optional<StreamWriter> writer = streams.writerOf(name);
            writer.ifPresent(StreamWriter::stop);
            return writer.isPresent();
        });
    }

    @Override
    public CompletionStage<Boolean> read(String name) {
        return read.anyMaySayYes(name);
    }

    @Override
    public CompletionStage<Boolean> write(String name) {
        return write.anyMaySayYes(name);
    }

    @Override
    public CompletionStage<Boolean> stop(String name) {
        return stop.anySaysYes(name);
    }
}
