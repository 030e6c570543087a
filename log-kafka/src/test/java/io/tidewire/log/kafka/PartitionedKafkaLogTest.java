package io.tidewire.log.kafka;

import io.tidewire.log.EventLog;
import io.tidewire.log.Retention;
import io.tidewire.testkit.EventLogContract;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The contract with several partitions, but for the facts that take one order of all topics for granted. */
@ExtendWith(PartitionedKafkaLogTest.OneOrderOnly.class)
final class PartitionedKafkaLogTest extends EventLogContract {
    private static final String ORDER =
            "the topics of a batch may be in different partitions, and those have no common order";

    private static final Map<String, String> ONE_ORDER_ONLY = Map.of(
            "batchIsAppendedInOrderWithOneResultEach", ORDER,
            "batchLeavesTheLatestToo", ORDER,
            "manyWritersMakeOneOrder", ORDER,
            "keyHoldsAcrossTopics", "a key is remembered in the partition of its update's topic",
            "logDoesWhatAListWouldDo", ORDER + "; TwoHubsTest has a random walk of its own");

    @Override
    protected EventLog open(Retention retention, InstantSource clock) {
        KafkaConfig config = Broker.shared().config("p-" + UUID.randomUUID(), 4);
        return KafkaStore.connect(config, retention, clock).log();
    }

    static final class OneOrderOnly implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String reason = context.getTestMethod()
                    .map(method -> ONE_ORDER_ONLY.get(method.getName()))
                    .orElse(null);
            return reason == null
                    ? ConditionEvaluationResult.enabled("holds for each topic")
                    : ConditionEvaluationResult.disabled(reason);
        }
    }
}
