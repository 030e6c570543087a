package io.tidewire.auth;

/** JSON's null, which is something else than an absent member. */
enum JsonNull {
    NULL
}
