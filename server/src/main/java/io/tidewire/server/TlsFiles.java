package io.tidewire.server;

import java.nio.file.Path;

/**
 * Where a server's certificate and key are. Both are read again when they change, so that a renewed certificate needs no restart.
 *
 * @param certificateChain PEM: the server's certificate, then those that signed it
 * @param privateKey PEM: its key, PKCS #8, without a password
 */
public record TlsFiles(Path certificateChain, Path privateKey) {}
