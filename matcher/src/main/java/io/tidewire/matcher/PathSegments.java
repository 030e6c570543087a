package io.tidewire.matcher;

import java.util.ArrayList;
import java.util.List;

/** The segments of a path while it is read: dot segments removed, drive letters of files kept. Owned by one thread. */
final class PathSegments {

    private final List<String> segments = new ArrayList<>();
    private final boolean file;

    PathSegments(boolean file) {
        this.file = file;
    }

    List<String> list() {
        return List.copyOf(segments);
    }

    void addAll(List<String> inherited) {
        segments.addAll(inherited);
    }

    /** Adds what stands between two slashes, or after the last one. */
    void add(String segment, boolean last) {
        int dots = dots(segment);
        if (dots == 2) {
            shorten();
        }
        if (dots > 0) {
            if (last) {
                segments.add("");
            }
        } else if (file && segments.isEmpty() && isDrive(segment)) {
            segments.add(segment.charAt(0) + ":");
        } else {
            segments.add(EncodeSet.PATH.encode(segment));
        }
    }

    /** Removes the last segment; a drive letter stays. */
    void shorten() {
        boolean drive = file && segments.size() == 1 && isDrive(segments.get(0));
        if (!segments.isEmpty() && !drive) {
            segments.remove(segments.size() - 1);
        }
    }

    static boolean isDrive(String text) {
        return text.length() == 2
                && AsciiSet.LETTERS.contains(text.charAt(0))
                && (text.charAt(1) == ':' || text.charAt(1) == '|');
    }

    /** {@return 1 for a single-dot segment, 2 for a double-dot one, encoded or not; else 0} */
    private static int dots(String segment) {
        int dots = 0;
        for (int i = 0; i < segment.length(); dots++) {
            if (segment.charAt(i) == '.') {
                i++;
            } else if (segment.regionMatches(true, i, "%2e", 0, 3)) {
                i += 3;
            } else {
                return 0;
            }
        }
        return dots > 2 ? 0 : dots;
    }
}
