package io.tidewire.hub;

/** How an event tells a subscriber of many topics which one it came by (B6). */
public enum FrameStyle {
    /** Not at all: the event is as it was published. */
    PLAIN,
    /** The payload is a JSON object {@code {"topic":…,"event":…,"data":…}}; {@code data} is always a string. */
    ENVELOPE,
    /** The event's name is the topic. */
    TOPIC_AS_EVENT
}
