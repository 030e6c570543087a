package io.tidewire.log.redis;

import io.tidewire.log.Append;
import io.tidewire.log.AppendResult;
import io.tidewire.log.Cursor;
import io.tidewire.log.EventLog;
import io.tidewire.log.Follower;
import io.tidewire.log.Interest;
import io.tidewire.log.Page;
import io.tidewire.log.Position;
import io.tidewire.log.Read;
import io.tidewire.log.Resolution;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The log in Redis: what appends, reads and follows, as one. */
final class RedisLog implements EventLog {
    private final Appender appender;
    private final PageReader reader;
    private final Tail tail;
    private final Followers followers;

    RedisLog(Appender appender, PageReader reader, Tail tail, Followers followers) {
        this.appender = appender;
        this.reader = reader;
        this.tail = tail;
        this.followers = followers;
    }

    @Override
    public CompletionStage<List<AppendResult>> append(List<Append> batch) {
        return appender.append(batch);
    }

    @Override
    public CompletionStage<Page> read(Read request) {
        return reader.read(request);
    }

    @Override
    public Position follow(Follower follower) {
        return tail.follow(follower);
    }

    @Override
    public CompletionStage<Resolution> resolve(Cursor cursor, Interest interest) {
        return reader.resolve(cursor, interest);
    }

    @Override
    public void close() {
        appender.close();
        reader.close();
        followers.close();
    }
}
