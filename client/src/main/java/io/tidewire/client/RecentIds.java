package io.tidewire.client;

import java.util.LinkedHashSet;
import java.util.Set;

/** The ids seen lately, the oldest forgotten first. Owned by the source's thread. */
final class RecentIds {

    private final int capacity;
    private final Set<String> ids = new LinkedHashSet<>();

    RecentIds(int capacity) {
        this.capacity = capacity;
    }

    /** {@return whether it is new} */
    boolean add(String id) {
        if (!ids.add(id)) {
            return false;
        }
        if (ids.size() > capacity) {
            var oldest = ids.iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }
}
