/**
 * What the answers of language models look like on the wire.
 *
 * @packageDocumentation
 */
/** What one event means for the answer of a language model. */
export interface Token {
  /** To be appended to the text. */
  text?: string
  /** The answer is complete. */
  done?: boolean
  /** The model, or whoever is in between, failed. */
  error?: string
}

// What a hub says about the stream, and others about being alive.
const ASIDES = ['connected', 'gap', 'heartbeat', 'closing', 'ping']
const LAST = ['done', 'stopped', 'message_stop', 'response.completed', 'response.incomplete']

/**
 * Reads an event of an answer: OpenAI's chat chunks and responses, Anthropic's messages, the Vercel AI SDK's parts, and
 * streams whose data is the text itself, as JSON or plain, with `[DONE]` or an event named `done` at the end.
 *
 * @example
 * ```ts
 * import { readToken } from 'tidewire/tokens'
 * for await (const event of stream) text += readToken(event).text ?? ''
 * ```
 */
export function readToken({ type, data }: { type: string; data: string }): Token {
  if (ASIDES.includes(type)) return {}
  if (data === '[DONE]' || LAST.includes(type)) return { done: true }
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return type === 'error' ? { error: data } : { text: data }
  }
  if (typeof value === 'string') return type === 'error' ? { error: value } : { text: value }
  // A number or a word like `true` is a token that happens to be JSON.
  if (typeof value !== 'object' || value === null) return { text: data }
  return readPart(value as Part, type)
}

interface Part {
  type?: string
  delta?: string | { type?: string; text?: string }
  choices?: { delta?: { content?: string | null }; text?: string }[]
  error?: string | { message?: string }
  errorText?: string
  response?: { error?: { message?: string } }
  text?: string
}

function readPart(part: Part, name: string): Token {
  const { type = name, delta, choices, error, errorText, response } = part
  const failure = error ?? errorText ?? response?.error
  if (failure) return { error: typeof failure === 'string' ? failure : (failure.message ?? JSON.stringify(failure)) }
  if (type === 'error' || type === 'response.failed') return { error: JSON.stringify(part) }
  if (LAST.includes(type)) return { done: true }
  if (choices) {
    const text = choices.map((choice) => choice.delta?.content ?? choice.text ?? '').join('')
    return text ? { text } : {}
  }
  if (typeof delta === 'string') return /^(text-delta|response\.output_text\.delta)$/.test(type) ? { text: delta } : {}
  if (delta) return delta.type === 'text_delta' && delta.text ? { text: delta.text } : {}
  return type === 'message' && part.text ? { text: part.text } : {}
}
