/** What an {@link EventDecoder} tells. */
export interface DecoderSink {
  /**
   * An event is complete.
   *
   * @param type its name; `message` where the stream gave none
   * @param data its lines of data, joined by LF
   * @param id the last event id in force, which may be an earlier event's
   * @param own whether a line of this event set the id
   */
  event(type: string, data: string, id: string, own: boolean): void
  /** The stream set the reconnection time. */
  retry?(millis: number): void
  /** A block without data moved the last event id. */
  cursor?(id: string): void
  /** A comment, without its colon and one space. */
  comment?(text: string): void
}

/** A line or an event is beyond the decoder's limit. */
export class TooLargeError extends RangeError {}

// 4 Mi characters: a pretty-printed document of many lines, still small for a page. Java's decoder holds as much.
const MAX_EVENT_CHARS = 1 << 22

/**
 * Reads an event stream incrementally, by the rules of the WHATWG HTML standard: feed it bytes as they come, cut
 * anywhere. No input is an error, except what is beyond the limit.
 *
 * @example
 * ```ts
 * const decoder = new EventDecoder({ event: (type, data) => console.log(type, data) })
 * for await (const bytes of response.body) decoder.feed(bytes)
 * decoder.reset()
 * ```
 */
export class EventDecoder {
  /*
   * Bytes become text first: a streaming TextDecoder skips one byte order mark, makes malformed bytes U+FFFD and keeps
   * the halves of a character together. Line ends are ASCII, so splitting the text splits the bytes alike.
   *
   * A CR ends its line at once; the LF that may follow is skipped when it comes, perhaps first in the next chunk.
   * Waiting for it would hold an event back for as long as the server is silent.
   */

  /** The id to send when reconnecting; the empty string if there is none. */
  lastEventId: string
  readonly #sink: DecoderSink
  readonly #maxChars: number
  #text = new TextDecoder()
  #rest = ''
  #skipLineFeed = false
  #data: string[] = []
  #dataChars = 0
  #type = ''
  #id: string | undefined

  /**
   * @param sink whom to tell
   * @param lastEventId the id that an earlier connection ended with
   * @param maxChars most characters of a line, and of an event's data
   */
  constructor(sink: DecoderSink, lastEventId = '', maxChars = MAX_EVENT_CHARS) {
    this.#sink = sink
    this.lastEventId = lastEventId
    this.#maxChars = maxChars
  }

  /**
   * Reads the next bytes.
   *
   * @throws TooLargeError beyond the limit
   */
  feed(bytes: Uint8Array): void {
    const text = this.#text.decode(bytes, { stream: true })
    let from = 0
    if (this.#skipLineFeed && text) {
      this.#skipLineFeed = false
      if (text[0] === '\n') from = 1
    }
    // Each is searched anew only when passed, so a stream of LF alone is scanned once for CR.
    let lf = text.indexOf('\n', from)
    let cr = text.indexOf('\r', from)
    while (lf >= 0 || cr >= 0) {
      const byCr = cr >= 0 && (lf < 0 || cr < lf)
      const end = byCr ? cr : lf
      this.#line(this.#within(this.#rest + text.slice(from, end)))
      this.#rest = ''
      from = end + 1
      if (byCr) {
        if (from === text.length) this.#skipLineFeed = true
        else if (text[from] === '\n') from++
        cr = text.indexOf('\r', from)
      }
      if (lf >= 0 && lf < from) lf = text.indexOf('\n', from)
    }
    this.#rest = this.#within(this.#rest + text.slice(from))
  }

  /** The stream ended: drops the unfinished event. The last event id stays. */
  reset(): void {
    this.#text = new TextDecoder()
    this.#rest = this.#type = ''
    this.#skipLineFeed = false
    this.#data = []
    this.#dataChars = 0
    this.#id = undefined
  }

  #within(line: string): string {
    if (line.length > this.#maxChars || this.#dataChars > this.#maxChars) {
      throw new TooLargeError(`event: too large (expected: at most ${this.#maxChars} characters)`)
    }
    return line
  }

  #line(line: string): void {
    if (!line) {
      this.#dispatch()
      return
    }
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    if (name === 'data') {
      this.#data.push(value)
      this.#dataChars += value.length + 1
    } else if (name === 'event') this.#type = value
    else if (name === 'id') {
      if (!value.includes('\0')) this.#id = value
    } else if (name === 'retry') {
      if (/^[0-9]+$/.test(value)) this.#sink.retry?.(Math.min(+value, Number.MAX_SAFE_INTEGER))
    } else if (!name) this.#sink.comment?.(value)
  }

  #dispatch(): void {
    const own = this.#id !== undefined
    this.lastEventId = this.#id ?? this.lastEventId
    const data = this.#data
    const type = this.#type || 'message'
    this.#id = undefined
    this.#type = ''
    this.#data = []
    this.#dataChars = 0
    if (data.length) this.#sink.event(type, data.join('\n'), this.lastEventId, own)
    else if (own) this.#sink.cursor?.(this.lastEventId)
  }
}
