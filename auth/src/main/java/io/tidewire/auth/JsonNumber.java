package io.tidewire.auth;

/** A JSON number as it was written: nothing is lost, and no huge exponent is ever expanded. */
record JsonNumber(String text) {
    double toDouble() {
        return Double.parseDouble(text);
    }
}
