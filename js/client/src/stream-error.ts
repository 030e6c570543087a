/**
 * Why a connection ended.
 *
 * | kind | what happened | comes back by itself |
 * |---|---|---|
 * | `network` | refused, reset or cut | yes |
 * | `ended` | the server ended the body | yes; a POST is over then |
 * | `silent` | no head, or no bytes, for too long | yes |
 * | `status` | a status other than 200 and 204 | 401 once, 408, 425, 429 and 5xx yes, others no |
 * | `headers` | the function for headers or body failed | yes |
 * | `stopped` | 204: the server wants no more reconnects | no |
 * | `content-type` | not `text/event-stream` | no |
 * | `too-large` | an event is beyond the limit | no |
 * | `not-repeated` | a request that may have had effects is not made again | no |
 * | `exhausted` | more failures in a row than allowed; `cause` is the last | no |
 * | `overflow` | an iterator of a shared stream is too far behind | no |
 * | `parse` | a listener's data did not parse; the connection goes on | – |
 * | `upstream` | the model of a token stream failed | no |
 * | `done` | the event that `until` waits for came | no |
 * | `closed` | `close()` | no |
 * | `aborted` | the `AbortSignal` | no |
 */
export type StreamErrorKind =
  | 'network'
  | 'ended'
  | 'silent'
  | 'status'
  | 'headers'
  | 'stopped'
  | 'content-type'
  | 'too-large'
  | 'not-repeated'
  | 'exhausted'
  | 'overflow'
  | 'parse'
  | 'upstream'
  | 'done'
  | 'closed'
  | 'aborted'

/**
 * Why a connection ended, with what is known about it.
 *
 * @example
 * ```ts
 * stream.onerror = ({ error, retryInMillis }) => {
 *   if (retryInMillis === undefined && error.kind === 'status') console.log('gave up:', error.status)
 * }
 * ```
 */
export class StreamError extends Error {
  /** @internal */
  constructor(
    /** Which way it ended. */
    readonly kind: StreamErrorKind,
    message: string,
    override readonly cause?: unknown,
    /** The answer, if there was one; its body is unread where the stream stopped for good. */
    readonly response?: Response,
  ) {
    super(`${kind}: ${message}`)
    this.name = 'StreamError'
  }

  /** The answer's status, if there was an answer. */
  get status(): number | undefined {
    return this.response?.status
  }

  /** @internal As one tab tells another. */
  toJSON(): { kind: StreamErrorKind; text: string } {
    return { kind: this.kind, text: this.message.slice(this.kind.length + 2) }
  }
}

/** An end that somebody wanted: an iterator finishes without throwing. */
export const isWanted = (error: StreamError): boolean =>
  ['done', 'closed', 'aborted', 'ended', 'stopped'].includes(error.kind)
