package io.tidewire.server;

import java.util.Collection;

/** Finds what somebody who misspelt a name may have meant. */
public final class NearestName {
    private NearestName() {}

    /** {@return the known name with the fewest changes from the given one} */
    public static String of(String given, Collection<String> known) {
        String best = "";
        int fewest = Integer.MAX_VALUE;
        for (String name : known) {
            int changes = changes(given, name);
            if (changes < fewest) {
                fewest = changes;
                best = name;
            }
        }
        return best;
    }

    /** Levenshtein's distance, with one row. */
    private static int changes(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= Math.min(a.length(), 64); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
