package io.tidewire.llm;

/** What errors look like in each dialect. */
final class ModelErrors {
    static final String IN_MID_ANSWER = "The stand-in was asked to fail here";

    private ModelErrors() {}

    static String openAi(int status, String message) {
        return """
                {"error":{"message":%s,"type":"%s","param":null,"code":%s}}""".formatted(
                ModelJson.quoted(message), openAiType(status), status == 429 ? "\"rate_limit_exceeded\"" : "null");
    }

    static String anthropic(int status, String message) {
        return """
                {"type":"error","error":{"type":"%s","message":%s},"request_id":"req_standin"}""".formatted(anthropicType(status), ModelJson.quoted(message));
    }

    private static String openAiType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 429 -> "requests";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }
}
