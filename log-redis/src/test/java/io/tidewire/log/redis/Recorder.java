package io.tidewire.log.redis;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the module logs while a test runs. */
final class Recorder implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.tidewire.log.redis");
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    Recorder() {
        appender.start();
        logger.addAppender(appender);
    }

    /** {@return the messages of this level or above} */
    List<String> messages(Level level) {
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(level))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
