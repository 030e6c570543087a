package io.tidewire.client;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps the id of the last handled event beyond the life of the process, so that the next one resumes there.
 *
 * <p>Belongs to one source at a time. {@link #load} is called once, on the source's thread, before the first connection; {@link #save}
 * on the thread that handled the event (the source's, or the one that reads an iterator), never by two at once.
 *
 * <p>An id is saved only after its event was handled: every listener returned and every reader asked for the event after it. It
 * is saved when all that had arrived is handled, at the latest with every hundredth event. So after a crash the last few events may
 * come again; none is lost.
 */
public interface CursorStore {

    /**
     * {@return the id saved last; empty if there is none}
     *
     * @throws IOException if it cannot be read; the source then closes with {@link EventSourceException.Reason#CURSOR_STORE}
     *     rather than skip what was missed
     */
    String load() throws IOException;

    /**
     * Replaces the id.
     *
     * @param id the new one; empty if the server reset it
     * @throws IOException if it cannot be written; reported to {@link EventSourceListener#failed}, the stream goes on
     */
    void save(String id) throws IOException;

    /**
     * A store in a file, which is replaced atomically: a crash leaves the old id or the new one, never half of one. The new content is
     * forced to the disk before it takes the old one's place; the folder is not, so a power cut may bring back an older id.
     * Two processes must not share a file. Writes {@code <file>.new} beside it.
     *
     * @param file need not exist; its folder must
     */
    static CursorStore file(Path file) {
        return new FileCursorStore(file);
    }
}
