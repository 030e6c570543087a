package io.tidewire.server;

/** A static page; {@code headers} are whole lines, each with its CR LF. */
record Page(String contentType, String headers, byte[] body) {}
