package io.tidewire.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Entries by rising numbers, from any of which one may be taken out. Guarded by its log's lock. */
final class EntryQueue {
    /*
     * Two arrays side by side; what was taken out leaves a hole. When they are full, the holes are closed, or, if there are few, the
     * arrays grow: either way each entry is moved about once.
     */
    private static final int FIRST_CAPACITY = 1024;

    private long[] numbers = new long[FIRST_CAPACITY];
    private @Nullable LogEntry[] entries = new LogEntry[FIRST_CAPACITY];
    private int start;
    private int end;
    private int size;

    int size() {
        return size;
    }

    /** Adds an entry whose number is above all the others. */
    void add(long number, LogEntry entry) {
        if (end == numbers.length) {
            makeRoom();
        }
        numbers[end] = number;
        entries[end++] = entry;
        size++;
    }

    /** {@return the oldest entry, or null if there is none} */
    @Nullable
    LogEntry oldest() {
        return size == 0 ? null : entries[start];
    }

    /** {@return the number of the oldest entry; meaningless if there is none} */
    long oldestNumber() {
        return numbers[start];
    }

    /** {@return the entry of that number, or null} */
    @Nullable
    LogEntry get(long number) {
        int index = Arrays.binarySearch(numbers, start, end, number);
        return index < 0 ? null : entries[index];
    }

    /** Takes an entry out; {@return it, or null if there is none of that number}. */
    @Nullable
    LogEntry remove(long number) {
        int index = Arrays.binarySearch(numbers, start, end, number);
        LogEntry entry = index < 0 ? null : entries[index];
        if (entry != null) {
            entries[index] = null;
            size--;
            while (start < end && entries[start] == null) {
                start++;
            }
        }
        return entry;
    }

    /** {@return the index of the first place, a hole perhaps, whose number is above this one; {@link #end} if there is none} */
    int indexAfter(long number) {
        int index = Arrays.binarySearch(numbers, start, end, number);
        return index < 0 ? -index - 1 : index + 1;
    }

    /** {@return the index after the last place} */
    int end() {
        return end;
    }

    long numberAt(int index) {
        return numbers[index];
    }

    /** {@return the entry at that index, or null if it was taken out} */
    @Nullable
    LogEntry at(int index) {
        return entries[index];
    }

    private void makeRoom() {
        int capacity = size > numbers.length / 2 ? numbers.length * 2 : numbers.length;
        long[] roomyNumbers = new long[capacity];
        @Nullable LogEntry[] roomyEntries = new LogEntry[capacity];
        int count = 0;
        for (int i = start; i < end; i++) {
            if (entries[i] != null) {
                roomyNumbers[count] = numbers[i];
                roomyEntries[count++] = entries[i];
            }
        }
        numbers = roomyNumbers;
        entries = roomyEntries;
        start = 0;
        end = count;
    }
}
