package io.tidewire.app.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that stay ours while nobody listens on them. */
final class Ports {
    /*
     * A port that the kernel hands out (from 32768 on) may, while its hub is dead, become the near end of somebody's connection to
     * another hub; and who connects to such a port again and again is connected to himself in the end.
     */
    private static final int FIRST = 12_000;

    private static final int BEYOND = 32_000;
    private static final int CONNECT_MILLIS = 1000;

    private Ports() {}

    static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, BEYOND);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: another
            }
        }
    }

    static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
