package io.tidewire.server;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.LongFunction;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request's worth of events: the same id and bytes however often it is tried.
 *
 * @param id unique, for whoever gets it twice
 * @param body JSON
 * @param events how many are in it
 * @param lost how many it tells to be lost
 * @param since when it was made
 */
record WebhookBatch(String id, byte[] body, int events, long lost, Instant since) {

    static WebhookBatch of(
            String id,
            List<HookEvent> events,
            LongFunction<String> eventIds,
            long firstNumber,
            long lost,
            Instant now) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", "connections");
        json.put("timestamp", now.toString());
        json.put("dropped", lost);
        ArrayNode list = json.putArray("events");
        for (int i = 0; i < events.size(); i++) {
            events.get(i).write(list.addObject(), eventIds.apply(firstNumber + i));
        }
        return new WebhookBatch(id, json.toString().getBytes(StandardCharsets.UTF_8), events.size(), lost, now);
    }
}
