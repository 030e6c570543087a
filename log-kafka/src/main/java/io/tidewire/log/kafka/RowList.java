package io.tidewire.log.kafka;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows by rising index, of which any may go. Guarded by its log's lock. */
final class RowList {
    /*
     * Rows that are gone stay where they are until they are at the front, or until the array is full: then it is rewritten without them,
     * twice as large if they were few. So each row is moved about once.
     */
    private static final int FIRST_CAPACITY = 8;

    private @Nullable Row[] rows = new Row[FIRST_CAPACITY];
    private int start;
    private int end;
    private int live;

    /** {@return how many are not gone} */
    int size() {
        return live;
    }

    void add(Row row) {
        if (end == rows.length) {
            makeRoom();
        }
        rows[end++] = row;
        live++;
    }

    /** One of the rows has gone. */
    void lost() {
        live--;
        while (start < end && at(start).gone) {
            rows[start++] = null;
        }
    }

    /** {@return the oldest that is not gone, or null} */
    @Nullable
    Row oldest() {
        return live == 0 ? null : at(start);
    }

    /** {@return where the rows after that index begin; gone ones may be among them} */
    int after(long index) {
        int low = start;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).index <= index) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** {@return where the rows begin that a cursor at that place of their common partition has not seen} */
    int unseen(long place) {
        int low = start;
        int high = end;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).next() <= place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    Row at(int position) {
        Row row = rows[position];
        if (row == null) {
            throw new IllegalArgumentException(
                    "position: " + position + " (expected: " + start + " to before " + end + ")");
        }
        return row;
    }

    private void makeRoom() {
        @Nullable Row[] roomy = new Row[live > rows.length / 2 ? rows.length * 2 : rows.length];
        int count = 0;
        for (int i = start; i < end; i++) {
            if (!at(i).gone) {
                roomy[count++] = rows[i];
            }
        }
        rows = roomy;
        start = 0;
        end = count;
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOfRange(rows, start, end));
    }
}
