import { Connection, type ConnectionOptions, type Sink, type StreamEvent, type WireEvent } from './connection.js'
import { RecentIds } from './recent-ids.js'
import { canShare, SharedConnection } from './shared.js'
import { isWanted, StreamError } from './stream-error.js'

/** What a Tidewire server says when history no longer holds what was asked for. */
export interface Gap {
  /** The id asked for; null if none. */
  from: string | null
  /** Where the stream goes on. */
  to: string | null
  /** How many events are lost; null if unknown. */
  missed: number | null
}

/** Where ids are kept: `localStorage`, `sessionStorage`, or anything like them. */
export interface IdStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** Options of an {@link EventStream}. */
export interface EventStreamOptions extends ConnectionOptions {
  /**
   * One connection for all tabs of the site that ask for the same URL. A text instead of `true` keeps apart what must
   * not be shared, such as the streams of two users. Needs Web Locks (https or localhost); without, each has its own.
   */
  shared?: boolean | string
  /** Drop an event whose own id was among the last 1,000, or that many. */
  dedupe?: boolean | number
  /** Keep the last event id here, across reloads. */
  storage?: IdStorage
  /** Under which key; default `tidewire:` and the URL. */
  storageKey?: string
  /** Let go of the connection while the page is hidden, and resume when it is shown. Requests with a body are held. */
  pauseWhenHidden?: boolean
  /** The server told that events are lost. */
  onGap?: (gap: Gap) => void
  /** Closes the stream. */
  signal?: AbortSignal
}

/** The `error` event of an {@link EventStream}: a connection ended, or data did not parse. */
export class StreamErrorEvent extends Event {
  /** @internal */
  constructor(
    /** Why. */
    readonly error: StreamError,
    /** When it will be tried again; undefined if never. */
    readonly retryInMillis?: number,
  ) {
    super('error')
  }

  /** The error in words. */
  get message(): string {
    return this.error.message
  }
}

/** @internal */
type Handler = ((event: never) => unknown) | null
type Queue = { events: StreamEvent[]; wake?: (() => void) | undefined }

// Past this an iterator's connection is not read on; the server notices and parks the reader.
const MAX_AHEAD = 256
// A shared connection cannot wait for one tab: past this the tab's iterator fails.
const MAX_AHEAD_SHARED = 10_000
const DEFAULT_DEDUPE = 1_000

/**
 * A stream of server-sent events that stays: an `EventSource` with headers, any method, resume, backoff, a watchdog, typed
 * events and iteration.
 *
 * It starts when the current task is over, delivers events in order, and closes for good only if told to, or by an end
 * that no retry can mend; the `error` event then has no `retryInMillis`.
 *
 * @example
 * ```ts
 * const stream = new EventStream('/events?topic=prices', {
 *   headers: async ({ unauthorized }) => ({ Authorization: `Bearer ${await token({ fresh: unauthorized })}` }),
 * })
 * const off = stream.on<Price>('price', (price) => show(price))
 * ```
 */
export class EventStream extends EventTarget implements AsyncIterable<StreamEvent> {
  /** The stream is connecting, or waits to. */
  static readonly CONNECTING = 0
  /** Events come. */
  static readonly OPEN = 1
  /** It is over. */
  static readonly CLOSED = 2
  /** The stream is connecting, or waits to. */
  readonly CONNECTING = 0
  /** Events come. */
  readonly OPEN = 1
  /** It is over. */
  readonly CLOSED = 2

  /** The URL asked for, absolute. */
  readonly url: string
  /** Whether cookies go to other origins too. */
  readonly withCredentials: boolean
  readonly #options: EventStreamOptions
  readonly #transport: Connection | SharedConnection
  readonly #handlers: Record<string, Handler> = {}
  readonly #everything = new Set<(event: StreamEvent) => void>()
  readonly #queues = new Set<Queue>()
  readonly #seen: RecentIds | undefined
  readonly #storageKey: string
  #readyState: 0 | 1 | 2 = 0
  #lastEventId: string
  #lastError: StreamError | undefined
  #isSaving = false
  #drained: (() => void) | undefined
  #unbind = () => {}

  /**
   * Opens a stream.
   *
   * @throws DOMException `SyntaxError`, if the URL is none
   * @throws TypeError if options do not go together
   */
  constructor(url: string | URL, options: EventStreamOptions = {}) {
    super()
    this.url = absolute(url)
    this.#options = options
    this.withCredentials = !!options.withCredentials
    const { shared, dedupe, storage, storageKey, resume, body, method } = options
    const isGet = (method ?? (body == null ? 'GET' : 'POST')).toUpperCase() === 'GET'
    if (shared && !isGet) throw new TypeError('shared: true (expected: a GET)')
    if (resume === 'repeat' && typeof ReadableStream !== 'undefined' && body instanceof ReadableStream) {
      throw new TypeError('resume: repeat (expected: a body that can be sent again, or a function)')
    }
    this.#seen = dedupe ? new RecentIds(dedupe === true ? DEFAULT_DEDUPE : dedupe) : undefined
    this.#storageKey = storageKey ?? `tidewire:${this.url}`
    this.#lastEventId = options.lastEventId ?? storage?.getItem(this.#storageKey) ?? ''
    const plan = { ...options, lastEventId: this.#lastEventId }
    const sink: Sink = {
      open: () => this.#opened(),
      event: (event) => this.#deliver(event),
      failed: (error, retryInMillis) => this.#failed(error, retryInMillis),
      ready: () => this.#ready(),
    }
    this.#transport =
      shared && canShare()
        ? new SharedConnection(this.url, shared === true ? this.url : `${shared}:${this.url}`, plan, sink)
        : new Connection(this.url, plan, sink)
    this.#bind()
  }

  /** 0 connecting, 1 open, 2 closed. */
  get readyState(): 0 | 1 | 2 {
    return this.#readyState
  }

  /** The id to resume after; empty if none. */
  get lastEventId(): string {
    return this.#lastEventId
  }

  /** Why the last connection ended; undefined while the first goes on. */
  get lastError(): StreamError | undefined {
    return this.#lastError
  }

  /** Where a request that is not a GET can be resumed by GET, if the server named a place. */
  get resumeUrl(): string | undefined {
    return this.#transport instanceof Connection ? this.#transport.resumeUrl : undefined
  }

  /** Whether this tab has the connection: always, unless shared. */
  get isLeader(): boolean {
    return !(this.#transport instanceof SharedConnection) || this.#transport.isLeader
  }

  /** Called when a connection is open. */
  get onopen(): ((event: any) => any) | null {
    return this.#handler('open')
  }
  set onopen(handler: ((event: Event) => any) | null) {
    this.#handle('open', handler)
  }

  /** Called with each event without a name. */
  get onmessage(): ((event: any) => any) | null {
    return this.#handler('message')
  }
  set onmessage(handler: ((event: StreamEvent) => any) | null) {
    this.#handle('message', handler)
  }

  /** Called when a connection ends. */
  get onerror(): ((event: any) => any) | null {
    return this.#handler('error')
  }
  set onerror(handler: ((event: StreamErrorEvent) => any) | null) {
    this.#handle('error', handler)
  }

  /**
   * Listens for events of a name, their data parsed; `'*'` listens for all.
   *
   * Data that does not parse becomes an `error` event of the kind `parse`.
   *
   * @param parse default `JSON.parse`; `String` for text
   * @returns stops listening
   * @example
   * ```ts
   * const off = stream.on<{ symbol: string; bid: number }>('price', ({ symbol, bid }) => show(symbol, bid))
   * ```
   */
  on<T = unknown>(
    type: string,
    listener: (data: T, event: StreamEvent) => void,
    parse: (text: string) => T = JSON.parse,
  ): () => void {
    const heard = (event: StreamEvent) => {
      let data: T
      try {
        data = parse(event.data)
      } catch (e) {
        const error = new StreamError('parse', `data of '${event.type}' (expected: what the listener parses)`, e)
        this.dispatchEvent(new StreamErrorEvent(error, 0))
        return
      }
      listener(data, event)
    }
    if (type === '*') {
      this.#everything.add(heard)
      return () => this.#everything.delete(heard)
    }
    this.addEventListener(type, heard)
    return () => this.removeEventListener(type, heard)
  }

  /** Closes for good. Nothing is delivered afterwards. */
  close(): void {
    this.#end(new StreamError('closed', 'by close()'))
  }

  /**
   * All events from now on, in order. Reading is paced: while the loop is behind, the connection is not read.
   * Leaving the loop closes the stream. It ends where the stream ends, and throws a {@link StreamError} if that is a failure.
   *
   * @example
   * ```ts
   * for await (const event of new EventStream('/events?topic=news')) console.log(event.type, event.data)
   * ```
   */
  [Symbol.asyncIterator](): AsyncIterator<StreamEvent, undefined> {
    const queue: Queue = { events: [] }
    if (this.#readyState < 2) this.#queues.add(queue)
    return {
      next: async () => {
        for (;;) {
          const value = queue.events.shift()
          if (queue.events.length < MAX_AHEAD) this.#drained?.()
          if (value) return { value, done: false }
          if (!this.#queues.has(queue)) {
            if (this.#lastError && !isWanted(this.#lastError)) throw this.#lastError
            return { value: undefined, done: true }
          }
          await new Promise<void>((resolve) => {
            queue.wake = resolve
          })
        }
      },
      return: async () => {
        this.close()
        return { value: undefined, done: true }
      },
    }
  }

  #handler(type: string): ((event: any) => any) | null {
    return (this.#handlers[type] as ((event: any) => any) | undefined) ?? null
  }

  #handle(type: string, handler: Handler): void {
    const before = this.#handlers[type]
    if (before) this.removeEventListener(type, before)
    const callable = typeof handler === 'function' ? handler : null
    this.#handlers[type] = callable
    if (callable) this.addEventListener(type, callable as never)
  }

  #bind(): void {
    const { signal, pauseWhenHidden } = this.#options
    const aborted = () => this.#end(new StreamError('aborted', 'by the signal', signal?.reason))
    if (signal?.aborted) aborted()
    signal?.addEventListener('abort', aborted)
    const page = pauseWhenHidden && typeof document !== 'undefined' ? document : undefined
    const shown = () => {
      if (page?.hidden) this.#readyState = 0
      this.#transport.pause(!!page?.hidden)
    }
    page?.addEventListener('visibilitychange', shown)
    if (page?.hidden) queueMicrotask(shown)
    this.#unbind = () => {
      signal?.removeEventListener('abort', aborted)
      page?.removeEventListener('visibilitychange', shown)
    }
  }

  #opened(): void {
    this.#readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  #moved(id: string): void {
    this.#lastEventId = id
    if (!this.#options.storage || this.#isSaving) return
    this.#isSaving = true
    // Once for all events of a chunk: storage is slow.
    queueMicrotask(() => this.#save())
  }

  #save(): void {
    this.#isSaving = false
    try {
      this.#options.storage?.setItem(this.#storageKey, this.#lastEventId)
    } catch {
      // Full, or forbidden by the user: the stream goes on without.
    }
  }

  #deliver({ type, data, lastEventId, origin, own }: WireEvent): void {
    if (this.#readyState === 2) return
    this.#moved(lastEventId)
    if (!type) return
    if (own && this.#seen?.add(lastEventId) === false) return
    const event = new MessageEvent(type, { data, lastEventId, origin })
    this.dispatchEvent(event)
    for (const listener of this.#everything) rethrowLater(() => listener(event))
    for (const queue of this.#queues) this.#enqueue(queue, event)
    const { onGap, until } = this.#options
    if (onGap && type === 'gap') rethrowLater(() => onGap(JSON.parse(data)))
    if (until) rethrowLater(() => until(event) && this.#end(new StreamError('done', `by '${type}'`)))
  }

  #enqueue(queue: Queue, event: StreamEvent): void {
    queue.events.push(event)
    queue.wake?.()
    if (queue.events.length > MAX_AHEAD_SHARED && this.#transport instanceof SharedConnection) {
      this.#end(new StreamError('overflow', `${MAX_AHEAD_SHARED} events unread (expected: a faster reader)`))
    }
  }

  #ready(): Promise<void> | undefined {
    for (const queue of this.#queues) {
      if (queue.events.length >= MAX_AHEAD) {
        return new Promise((resolve) => {
          this.#drained = resolve
        })
      }
    }
    return undefined
  }

  #failed(error: StreamError, retryInMillis?: number): void {
    if (this.#readyState === 2) return
    if (retryInMillis === undefined) this.#end(error, true)
    else {
      this.#lastError = error
      this.#readyState = 0
      this.dispatchEvent(new StreamErrorEvent(error, retryInMillis))
    }
  }

  #end(error: StreamError, tell = error.kind === 'overflow'): void {
    if (this.#readyState === 2) return
    this.#readyState = 2
    this.#lastError = error
    this.#transport.stop()
    this.#unbind()
    if (this.#isSaving) this.#save()
    for (const queue of this.#queues) queue.wake?.()
    this.#queues.clear()
    this.#drained?.()
    if (tell) this.dispatchEvent(new StreamErrorEvent(error))
  }
}

// What the compiler cannot say of a class: which events there are.
export interface EventStream {
  /** Listens for the opening of a connection. */
  addEventListener(type: 'open', listener: ((event: Event) => unknown) | null, options?: ListenerOptions): void
  /** Listens for the end of a connection. */
  addEventListener(
    type: 'error',
    listener: ((event: StreamErrorEvent) => unknown) | null,
    options?: ListenerOptions,
  ): void
  /** Listens for events of a name. */
  addEventListener(
    type: string,
    listener: ((event: StreamEvent) => unknown) | { handleEvent(event: StreamEvent): unknown } | null,
    options?: ListenerOptions,
  ): void
  /** Stops listening. */
  removeEventListener(type: string, listener: object | null, options?: ListenerOptions): void
}

/** As everywhere on the web. */
export type ListenerOptions = boolean | { capture?: boolean; once?: boolean; passive?: boolean; signal?: AbortSignal }

/**
 * The browser's `EventSource`, to be dropped in: an {@link EventStream} with `strict` on, so that it keeps the standard's
 * rules where resilience would break them.
 *
 * @example
 * ```ts
 * import { EventSource } from 'tidewire'
 * new EventSource('/events?topic=news').onmessage = (event) => console.log(event.data)
 * ```
 */
export class EventSource extends EventStream {
  /** Opens a stream as browsers do. */
  constructor(url: string | URL, options: EventStreamOptions = {}) {
    super(url, { strict: true, ...options })
  }
}

function absolute(url: string | URL): string {
  try {
    return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href
  } catch {
    throw new DOMException(`url: ${url} (expected: a URL)`, 'SyntaxError')
  }
}

/** As listeners of an `EventTarget`: one that throws harms nobody else. */
function rethrowLater(call: () => void): void {
  try {
    call()
  } catch (e) {
    setTimeout(() => {
      throw e
    })
  }
}
