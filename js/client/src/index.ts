/**
 * Server-sent events that stay: see {@link EventStream}.
 *
 * @packageDocumentation
 */
export type { Backoff } from './backoff.js'
export type { Attempt, ConnectionOptions, Resume, StreamEvent } from './connection.js'
export { type DecoderSink, EventDecoder, TooLargeError } from './decoder.js'
export {
  EventSource,
  EventStream,
  type EventStreamOptions,
  type Gap,
  type IdStorage,
  type ListenerOptions,
  StreamErrorEvent,
} from './event-stream.js'
export { StreamError, type StreamErrorKind } from './stream-error.js'
