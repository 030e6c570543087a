package io.tidewire.llm;

import java.util.Set;

/**
 * Where the deltas of a dialect are. Paths are the names from the top, joined by dots; lists are passed through.
 *
 * @param texts paths of strings that a client appends to each other
 * @param changing paths that differ from delta to delta and mean nothing by themselves; of a run the last one counts
 * @param types the kinds of event that are deltas; empty if any may be
 */
record DeltaShape(Set<String> texts, Set<String> changing, Set<String> types) {

    static final DeltaShape OPENAI_CHAT = new DeltaShape(
            Set.of(
                    "choices.delta.content",
                    "choices.delta.reasoning_content",
                    "choices.delta.reasoning",
                    "choices.delta.refusal",
                    "choices.delta.tool_calls.function.arguments",
                    "choices.delta.function_call.arguments",
                    "choices.text"),
            Set.of("created", "obfuscation"),
            Set.of());

    // Not audio or images: base64 with padding cannot be joined.
    static final DeltaShape OPENAI_RESPONSES = new DeltaShape(
            Set.of("delta"),
            Set.of("sequence_number", "obfuscation"),
            Set.of(
                    "response.output_text.delta",
                    "response.refusal.delta",
                    "response.reasoning_text.delta",
                    "response.reasoning_summary_text.delta",
                    "response.function_call_arguments.delta",
                    "response.custom_tool_call_input.delta",
                    "response.mcp_call_arguments.delta",
                    "response.code_interpreter_call_code.delta"));

    static final DeltaShape ANTHROPIC = new DeltaShape(
            Set.of("delta.text", "delta.thinking", "delta.partial_json"), Set.of(), Set.of("content_block_delta"));

    static final DeltaShape GEMINI =
            new DeltaShape(Set.of("candidates.content.parts.text"), Set.of("usageMetadata"), Set.of());

    static final DeltaShape NONE = new DeltaShape(Set.of(), Set.of(), Set.of());
}
