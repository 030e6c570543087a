import { type Backoff, waitMillis } from './backoff.js'
import { EventDecoder, TooLargeError } from './decoder.js'
import { StreamError } from './stream-error.js'

/** An event as listeners get it: the platform's `MessageEvent`, its data a text. */
export type StreamEvent = Omit<MessageEvent, 'data'> & { readonly data: string }

/** What an attempt knows when it asks for headers or a body. */
export interface Attempt {
  /** Attempts since the last good connection; 0 is the first. */
  attempt: number
  /** The id to resume from; empty if none. */
  lastEventId: string
  /** The last answer was 401: a token kept from before will not do. */
  unauthorized: boolean
}

/** How a request that is not a GET goes on after a cut; see {@link ConnectionOptions.resume}. */
export type Resume = 'never' | 'get' | 'repeat' | ((response: Response) => string | URL | undefined)

/** What one connection needs to know; part of the options of an `EventStream`. */
export interface ConnectionOptions {
  /** Headers, or a function called before each attempt, which may fetch a token. After a 401 it is called once more. */
  headers?: RequestInit['headers'] | ((attempt: Attempt) => RequestInit['headers'] | Promise<RequestInit['headers']>)
  /** The method; default POST with a body and GET without. */
  method?: string
  /** The body, or a function called before each attempt. A stream can be sent once only. */
  body?: RequestInit['body'] | ((attempt: Attempt) => RequestInit['body'] | Promise<RequestInit['body']>)
  /**
   * How a request that is not a GET goes on after a cut. It is never repeated silently:
   * by default it goes on by GET if the answer named a place (`Content-Location`), and else ends with `not-repeated`.
   * `'get'` is a GET of the same URL; `'repeat'` sends the same again with the same `Idempotency-Key`, for servers that
   * know that header; `'never'` ends; a function names the place by itself.
   */
  resume?: Resume
  /** Send cookies to other origins too. */
  withCredentials?: boolean
  /** The `fetch` to use. */
  fetch?: typeof fetch
  /** The waits between attempts. */
  backoff?: Backoff
  /** Most failures in a row before it ends with `exhausted`; default: any number. 0 never reconnects. */
  maxRetries?: number
  /** After how long a connection counts as good and the backoff begins anew; default 5,000. */
  goodAfterMillis?: number
  /** Longest wait for the answer's head; default 30,000, without limit if strict. */
  connectTimeoutMillis?: number
  /**
   * Longest silence; comments count as sound. `'auto'`, the default, takes it from what a Tidewire server announces:
   * one and a half keep-alives and a second. Other servers are not watched unless you give a number.
   */
  watchdogMillis?: number | 'auto' | false
  /** The event after which the stream is complete; it is delivered, then the stream closes with `done`. */
  until?: (event: StreamEvent) => boolean
  /** Resume after this id. */
  lastEventId?: string
  /** Send the last event id in this query parameter instead of the header: across origins that saves the preflight. */
  lastEventIdParam?: string
  /** Most characters of an event; default 4 Mi. */
  maxEventChars?: number
  /** Behave as browsers do where this differs; see the guide. */
  strict?: boolean
}

/** An event on its way; with the type '' it is none and only moves the id. */
export interface WireEvent {
  type: string
  data: string
  lastEventId: string
  origin: string
  /** Whether the id names this event: not if it is an earlier one's, nor if it is a cursor, as in the hub's own events. */
  own: boolean
}

/** Whom a connection tells. */
export interface Sink {
  open(): void
  event(event: WireEvent): void
  /** @param retryInMillis undefined if it has ended for good */
  failed(error: StreamError, retryInMillis?: number): void
  /** What to wait for before reading on. */
  ready?(): Promise<void> | undefined
}

// What browsers wait at first; also the floor when strict.
const STRICT_RETRY_MILLIS = 3_000

// Their ids are cursors: two of them, and an event before them, may have the same.
const HUB_EVENTS = ['connected', 'gap', 'heartbeat', 'closing']

const now = () => performance.now()

/** One stream over as many requests as it takes. Tells its sink; nothing after `stop`. */
export class Connection {
  /*
   * One loop: attempt, judge, wait. Everything that wants to end an attempt aborts it with the error that says why, so
   * there is one place where attempts end and one that judges.
   *
   *   attempt ──▶ end(error) ──▶ verdict: for good, at once (401), or after a wait ──▶ attempt …
   *
   * A request that is not safe counts as made from the moment it is sent. Only an answer that says it was not acted
   * on (401, 408, 425, 429) lets it be sent again as it is.
   */

  lastEventId: string
  /** Where a GET goes on, once known to differ from the URL asked. */
  resumeUrl: string | undefined
  readonly #url: string
  readonly #options: ConnectionOptions
  readonly #sink: Sink
  readonly #key = globalThis.crypto?.randomUUID?.()
  #method: string
  #stopped = false
  #paused = false
  #abort: AbortController | undefined
  #wake: (() => void) | undefined
  #failures = 0
  #unauthorized = false
  // What retry: said, for good, and what the server asked of this wait.
  #floorMillis: number
  #leastMillis = 0
  #silenceMillis: number
  #heardAt = 0
  #isHeld = false

  constructor(url: string, options: ConnectionOptions, sink: Sink) {
    this.#url = url
    this.#options = options
    this.#sink = sink
    this.#method = (options.method ?? (options.body == null ? 'GET' : 'POST')).toUpperCase()
    this.lastEventId = options.lastEventId ?? ''
    this.#floorMillis = options.strict ? STRICT_RETRY_MILLIS : 0
    this.#silenceMillis = Number(options.watchdogMillis) || 0
    // A microtask later, so that one closed at once (React's strict mode does that) makes no request.
    queueMicrotask(() => this.#run())
  }

  stop(): void {
    this.#stopped = true
    this.#abort?.abort()
    this.#wake?.()
  }

  /** Lets go of the connection, or takes it up again. A request that cannot be resumed is held. */
  pause(paused: boolean): void {
    if (this.#method !== 'GET') return
    this.#paused = paused
    if (paused) this.#abort?.abort()
    else this.#wake?.()
  }

  async #run(): Promise<void> {
    const hurry = () => this.#wake?.()
    globalThis.addEventListener?.('online', hurry)
    while (!this.#stopped) {
      if (this.#paused) await this.#sleep(0)
      if (this.#stopped) break
      if (this.#paused) continue
      const error = await this.#attempt()
      if (this.#stopped) break
      if (this.#paused) continue
      const [end, wait] = this.#judge(error)
      this.#stopped ||= wait === undefined
      if (!this.#stopped) error.response?.body?.cancel().catch(() => {})
      this.#sink.failed(end, wait)
      if (wait) await this.#sleep(wait)
    }
    globalThis.removeEventListener?.('online', hurry)
  }

  /** Waits; coming online cuts it short, but not below the server's floor. Paused, until that ends. */
  async #sleep(millis: number): Promise<void> {
    const from = now()
    const until = from + millis
    const floor = Math.min(millis, this.#leastMillis)
    let hurried = false
    while (!this.#stopped && (this.#paused || now() < (hurried ? from + floor : until))) {
      await new Promise<void>((resolve) => {
        const left = (hurried ? from + floor : until) - now()
        const timer = this.#paused ? undefined : setTimeout(resolve, Math.max(1, left))
        this.#wake = () => {
          clearTimeout(timer)
          hurried = true
          resolve()
        }
      })
    }
    this.#wake = undefined
  }

  /** {@return what to tell, and the wait before the next attempt; none if there is none} */
  #judge(error: StreamError): [StreamError, number?] {
    const { strict, maxRetries = Infinity, backoff, headers } = this.#options
    const status = error.status ?? 0
    const isRefusal = error.kind === 'status' && [401, 408, 425, 429].includes(status)
    if (error.kind === 'status') {
      const refresh = status === 401 && typeof headers === 'function' && !this.#unauthorized
      if (strict || !(refresh || (isRefusal && status !== 401) || status >= 500)) return [error]
      if (refresh) {
        this.#unauthorized = true
        return [error, 0]
      }
    } else if (!['network', 'ended', 'silent', 'headers'].includes(error.kind)) return [error]
    if (this.#method !== 'GET' && this.#options.resume !== 'repeat' && !isRefusal && error.kind !== 'headers') {
      if (!this.resumeUrl) {
        return [error.kind === 'ended' ? error : new StreamError('not-repeated', error.message, error, error.response)]
      }
      if (error.kind === 'ended' && !this.#options.until) return [error]
      this.#method = 'GET'
    }
    if (this.#failures >= maxRetries) {
      if (!maxRetries && error.kind === 'ended') return [error]
      return [new StreamError('exhausted', `${this.#failures + 1} failures, last ${error.message}`, error)]
    }
    this.#leastMillis = Math.max(this.#floorMillis, retryAfterMillis(error.response))
    return [error, waitMillis(this.#failures++, this.#leastMillis, backoff)]
  }

  /** {@return why it ended; it always does} */
  async #attempt(): Promise<StreamError> {
    const abort = new AbortController()
    this.#abort = abort
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason))
    })
    aborted.catch(() => {})
    const stopWatching = this.#watch(abort)
    try {
      const asked = await Promise.race([this.#request(abort.signal), aborted])
      const response = await Promise.race([(this.#options.fetch ?? fetch)(...asked), aborted])
      const refusal = check(response)
      if (refusal) {
        // Its body stays readable.
        this.#abort = undefined
        return refusal
      }
      await this.#read(response, abort.signal)
      return new StreamError('ended', 'the server ended the stream', undefined, response)
    } catch (e) {
      if (e instanceof StreamError) return e
      if (e instanceof TooLargeError) return new StreamError('too-large', e.message)
      return new StreamError('network', e instanceof Error ? e.message : String(e), e)
    } finally {
      stopWatching()
      this.#abort?.abort()
    }
  }

  async #request(signal: AbortSignal): Promise<[string, RequestInit]> {
    const { headers, body, lastEventIdParam, withCredentials, resume } = this.#options
    const isFirst = this.#method !== 'GET' || this.resumeUrl === undefined
    const attempt = { attempt: this.#failures, lastEventId: this.lastEventId, unauthorized: this.#unauthorized }
    const init: RequestInit & { duplex?: 'half' } = {
      method: this.#method,
      cache: 'no-store',
      credentials: withCredentials ? 'include' : 'same-origin',
      signal,
    }
    const url = new URL(isFirst ? this.#url : (this.resumeUrl ?? this.#url))
    try {
      const all = new Headers(typeof headers === 'function' ? await headers(attempt) : headers)
      if (!all.has('Accept')) all.set('Accept', 'text/event-stream')
      if (this.lastEventId) {
        if (lastEventIdParam) url.searchParams.set(lastEventIdParam, this.lastEventId)
        // A header is bytes: the id's UTF-8, one character each.
        else all.set('Last-Event-ID', String.fromCharCode(...new TextEncoder().encode(this.lastEventId)))
      }
      if (this.#method !== 'GET') {
        init.body = (typeof body === 'function' ? await body(attempt) : body) ?? null
        if (init.body instanceof ReadableStream) init.duplex = 'half'
        if (resume === 'repeat' && this.#key && !all.has('Idempotency-Key')) all.set('Idempotency-Key', this.#key)
      }
      init.headers = all
    } catch (e) {
      throw new StreamError('headers', e instanceof Error ? e.message : String(e), e)
    }
    return [url.href, init]
  }

  async #read(response: Response, signal: AbortSignal): Promise<void> {
    const openedAt = now()
    const { origin } = new URL(response.url || this.#url)
    this.#placeToResume(response)
    this.#unauthorized = false
    this.#heardAt = openedAt
    const event = (type: string, data: string, lastEventId: string, own: boolean) => {
      if (this.#gone()) return
      this.lastEventId = lastEventId
      if (type === 'connected') this.#learnSilence(data)
      this.#sink.event({ type, data, lastEventId, origin, own: own && !HUB_EVENTS.includes(type) })
    }
    const decoder = new EventDecoder(
      {
        retry: (millis) => {
          this.#floorMillis = millis
        },
        cursor: (id) => event('', '', id, false),
        event,
      },
      this.lastEventId,
      this.#options.maxEventChars,
    )
    this.#sink.open()
    const reader = response.body?.getReader()
    // Not every `fetch` ends the body when aborted.
    signal.addEventListener('abort', () => reader?.cancel().catch(() => {}))
    try {
      while (reader && !this.#gone()) {
        const { done, value } = await reader.read()
        if (signal.aborted) throw signal.reason
        if (done) break
        this.#heardAt = now()
        decoder.feed(value)
        const ready = this.#sink.ready?.()
        if (!ready) continue
        this.#isHeld = true
        await ready
        this.#isHeld = false
        this.#heardAt = now()
      }
    } finally {
      this.#isHeld = false
      if (now() - openedAt >= (this.#options.goodAfterMillis ?? 5_000)) this.#failures = 0
    }
  }

  #gone(): boolean {
    return this.#stopped || this.#paused
  }

  #placeToResume(response: Response): void {
    if (this.#method === 'GET') return
    const { resume } = this.#options
    const named =
      typeof resume === 'function'
        ? resume(response)
        : resume === 'get'
          ? this.#url
          : resume
            ? undefined
            : response.headers.get('Content-Location')
    if (named != null) this.resumeUrl = new URL(named, response.url || this.#url).href
  }

  #learnSilence(data: string): void {
    if ((this.#options.watchdogMillis ?? 'auto') !== 'auto' || this.#options.strict) return
    try {
      const { keepAliveMillis } = JSON.parse(data)
      if (keepAliveMillis > 0) this.#silenceMillis = keepAliveMillis * 1.5 + 1_000
    } catch {
      // Somebody else's event of that name.
    }
  }

  /**
   * Ends the attempt when nothing is heard for too long. A timer that comes much too late was asleep with the machine or
   * the tab, and so were the bytes: they get until the next look to be read.
   */
  #watch(abort: AbortController): () => void {
    const { connectTimeoutMillis, strict } = this.#options
    const head = connectTimeoutMillis ?? (strict ? 0 : 30_000)
    this.#heardAt = 0
    const from = now()
    let timer: ReturnType<typeof setTimeout>
    let due = from
    let forgiven = false
    const look = () => {
      const limit = this.#heardAt ? this.#silenceMillis : head
      const left = (this.#heardAt || from) + limit - now()
      const late = now() - due
      const isOverdue = limit > 0 && left <= 0 && !this.#isHeld
      if (isOverdue && (forgiven || late < 1_000)) {
        abort.abort(new StreamError('silent', `nothing heard for ${limit} ms`))
        return
      }
      forgiven = isOverdue
      // At least every second: the limit may become known, or shorter, at any time.
      const next = limit && left > 0 ? Math.min(left, 1_000) : 1_000
      due = now() + next
      timer = setTimeout(look, next)
    }
    timer = setTimeout(look, 0)
    return () => clearTimeout(timer)
  }
}

/** {@return why the answer is no event stream; undefined if it is one} */
function check(response: Response): StreamError | undefined {
  const type = response.headers.get('Content-Type') ?? ''
  if (response.status === 204) return new StreamError('stopped', 'the server answered 204', undefined, response)
  if (response.status !== 200) {
    return new StreamError('status', `${response.status} ${response.statusText}`, undefined, response)
  }
  if (!/^\s*text\/event-stream\s*(;|$)/i.test(type)) {
    return new StreamError('content-type', `${type || 'none'} (expected: text/event-stream)`, undefined, response)
  }
  return undefined
}

function retryAfterMillis(response?: Response): number {
  const value = response?.headers.get('Retry-After')
  if (!value) return 0
  const millis = /^\d+$/.test(value) ? +value * 1_000 : Date.parse(value) - Date.now()
  // A date that is none is NaN, and no wait.
  return Math.max(0, millis || 0)
}
