package io.tidewire.hub;

/** A connection whose place is found, before its first byte. stub */
public final class Opening {
    Opening() {}

    /** {@return what it gets of the past} */
    public ResumeVerdict verdict() {
        throw new UnsupportedOperationException();
    }

    /** {@return the id it will have} */
    public String connectionId() {
        throw new UnsupportedOperationException();
    }

    /** Starts delivery: writes the connected event at once, then history, then live. On the loop, at most once; an opening that is never started keeps nothing. */
    public Subscription start(Outlet outlet) {
        throw new UnsupportedOperationException();
    }
}
