package io.tidewire.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Collection;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an application is asked: all that it can base its answer on, so that equal questions have equal answers.
 *
 * @param body the JSON
 * @param key the hash of it: the token itself is kept nowhere
 * @param tokenId the hash of the token, or if there is none of the whole question
 */
record AuthorizeQuestion(byte[] body, String key, String tokenId) {

    static AuthorizeQuestion of(String token, RequestHead head, Collection<String> headerNames) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("token", token.isEmpty() ? null : token);
        json.put("method", head.method());
        json.put("path", head.path());
        json.put("remote", head.remote());
        ObjectNode headers = json.putObject("headers");
        for (String name : headerNames) {
            String value = head.header(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
        String key = hash(body);
        return new AuthorizeQuestion(
                body, key, "sha256:" + (token.isEmpty() ? key : hash(token.getBytes(StandardCharsets.UTF_8))));
    }

    private static String hash(byte[] bytes) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: not available from this JDK", e);
        }
    }
}
