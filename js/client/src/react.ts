/**
 * Event streams in React: {@link useEventStream} for events, {@link useTokenStream} for the answer of a language model.
 *
 * @packageDocumentation
 */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { StreamEvent } from './connection.js'
import { EventStream, type EventStreamOptions, type Gap, type IdStorage } from './event-stream.js'
import { StreamError } from './stream-error.js'
import { readToken, type Token } from './tokens.js'

export { readToken, type Token } from './tokens.js'

/** Where a stream is. `idle` has no URL yet. */
export type StreamState = 'idle' | 'connecting' | 'open' | 'closed'

/** Options of {@link useEventStream}. */
export interface UseEventStreamOptions<T> extends EventStreamOptions {
  /** Which events become items; default all but the hub's own. */
  events?: readonly string[]
  /** Most items kept, the newest; default 100. */
  limit?: number
  /** Default: JSON, or the text where it is none. */
  parse?: (text: string, event: StreamEvent) => T
}

/** What {@link useEventStream} gives. */
export interface EventStreamHandle<T> {
  /** The newest items, oldest first. */
  items: readonly T[]
  /** Where the stream is. */
  state: StreamState
  /** Why the last connection ended; undefined while one is open. */
  error: StreamError | undefined
  /** The newest gap that the server told of. */
  gap: Gap | undefined
  /** Listens without rendering; `'*'` for all. Returns what stops it. Stable, and survives reconnects and new URLs. */
  subscribe: (type: string, listener: (event: StreamEvent) => void) => () => void
  /** Forgets the items. */
  clear: () => void
  /** Closes until `reopen`, or a new URL. */
  close: () => void
  /** Opens anew. */
  reopen: () => void
}

const HUB_EVENTS = ['connected', 'gap', 'heartbeat', 'closing']
const DEFAULT_LIMIT = 100

const isGet = ({ method, body }: EventStreamOptions): boolean =>
  (method ?? (body == null ? 'GET' : 'POST')).toUpperCase() === 'GET'

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The newest of each render, for effects that must not run again for it. */
function useLatest<T>(value: T): { current: T } {
  const ref = useRef(value)
  ref.current = value
  return ref
}

/**
 * A stream for as long as the component is there.
 *
 * It is opened anew when the URL, the method, a textual body, `shared` or `withCredentials` change; other options are
 * taken as they are when used. In strict mode the server sees one request. Events of one chunk make one render.
 *
 * @param url null while there is nothing to listen to
 * @example
 * ```tsx
 * function Prices() {
 *   const { items, state } = useEventStream<Price>('/events?topic=prices', { events: ['price'], limit: 20 })
 *   return <ul data-state={state}>{items.map((price) => <li key={price.symbol}>{price.bid}</li>)}</ul>
 * }
 * ```
 */
export function useEventStream<T = unknown>(
  url: string | URL | null,
  options: UseEventStreamOptions<T> = {},
): EventStreamHandle<T> {
  const latest = useLatest(options)
  const [items, setItems] = useState<readonly T[]>([])
  const [state, setState] = useState<StreamState>(url === null ? 'idle' : 'connecting')
  const [error, setError] = useState<StreamError>()
  const [gap, setGap] = useState<Gap>()
  const [generation, setGeneration] = useState(0)
  const current = useRef<EventStream | undefined>(undefined)
  const listeners = useRef(new Set<{ type: string; call: (event: StreamEvent) => void }>()).current
  const { method, body, shared, withCredentials } = options
  const address = url === null ? null : String(url)
  const identity = JSON.stringify([method, typeof body === 'string' ? body : '', shared, withCredentials])

  // biome-ignore lint/correctness/useExhaustiveDependencies: identity and generation are why it opens anew.
  useEffect(() => {
    if (address === null) {
      setState('idle')
      return
    }
    setState('connecting')
    let fresh: T[] = []
    const flush = () => {
      const batch = fresh
      fresh = []
      setItems((kept) => [...kept, ...batch].slice(-(latest.current.limit ?? DEFAULT_LIMIT)))
    }
    const stream = new EventStream(address, {
      ...latest.current,
      onGap: (found) => {
        setGap(found)
        latest.current.onGap?.(found)
      },
    })
    current.current = stream
    stream.onopen = () => {
      setState('open')
      setError(undefined)
    }
    stream.onerror = ({ error: cause }) => {
      setState(stream.readyState === 2 ? 'closed' : stream.readyState === 1 ? 'open' : 'connecting')
      setError(cause)
    }
    stream.on(
      '*',
      (_, event) => {
        for (const { type, call } of listeners) if (type === '*' || type === event.type) call(event)
        const { events, parse = jsonOrText as (text: string) => T } = latest.current
        if (events ? !events.includes(event.type) : HUB_EVENTS.includes(event.type)) return
        if (fresh.push(parse(event.data, event)) === 1) queueMicrotask(flush)
      },
      String,
    )
    return () => stream.close()
  }, [address, identity, generation])

  return {
    items,
    state,
    error,
    gap,
    subscribe: useCallback(
      (type, call) => {
        const listener = { type, call }
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      [listeners],
    ),
    clear: useCallback(() => setItems([]), []),
    close: useCallback(() => {
      current.current?.close()
      setState('closed')
    }, []),
    reopen: useCallback(() => {
      current.current?.close()
      setGeneration((n) => n + 1)
    }, []),
  }
}

/** Where an answer is. */
export type TokenState = 'idle' | 'streaming' | 'done' | 'stopped' | 'failed'

/** Options of {@link useTokenStream}. */
export interface UseTokenStreamOptions
  extends Omit<EventStreamOptions, 'shared' | 'storage' | 'until' | 'lastEventId'> {
  /** Understands an event; default {@link readToken}. */
  read?: (event: StreamEvent) => Token
  /** Keep text and place under this key, so that a reloaded page goes on where it was. */
  storageKey?: string
  /** Where; default `sessionStorage`. */
  storage?: IdStorage & { removeItem(key: string): void }
  /** The user stopped the answer: the place to tell a server that would go on without readers. */
  onStop?: (resumeUrl: string | undefined) => void
}

/** What {@link useTokenStream} gives. */
export interface TokenStreamHandle {
  /** The answer so far. */
  text: string
  /** Where it is. */
  state: TokenState
  /** Whether it is complete. */
  done: boolean
  /** Why it failed, or why the last connection was lost; it may be coming back. */
  error: StreamError | undefined
  /** Where a GET reads it, from here or elsewhere; undefined while no server has said so. */
  resumeUrl: string | undefined
  /** Asks, with this body if the request is a POST; drops the answer before. */
  start: (body?: EventStreamOptions['body']) => void
  /** Stops; the text stays. */
  stop: () => void
}

interface Saved {
  text: string
  id: string
  /** Where a GET goes on; none if it cannot. */
  url?: string | undefined
}

/**
 * The answer of a language model, token by token.
 *
 * A GET starts by itself; a request with a method or body waits for `start(body)` and is never made twice by itself.
 * With `storageKey` a reloaded page shows the text it had and goes on by GET after the last id: at the URL of a GET, or
 * where the answer to a POST said (`Content-Location`). Closes on unmount; strict-mode safe.
 *
 * @example
 * ```tsx
 * function Chat() {
 *   const { text, state, start, stop } = useTokenStream('/chat', { method: 'POST', storageKey: 'chat' })
 *   return <>
 *     <button onClick={() => start(JSON.stringify({ prompt: 'Why is the sea salty?' }))}>Ask</button>
 *     {state === 'streaming' && <button onClick={stop}>Stop</button>}
 *     <p>{text}</p>
 *   </>
 * }
 * ```
 */
export function useTokenStream(url: string | URL | null, options: UseTokenStreamOptions = {}): TokenStreamHandle {
  const latest = useLatest(options)
  const [{ text, state, error, resumeUrl }, setView] = useState<View>(IDLE)
  const answer = useRef<Answer | undefined>(undefined)
  const address = url === null ? null : String(url)
  const startsByItself = isGet(options)

  const begin = useCallback(
    (saved: Saved | undefined, request: EventStreamOptions, target: string) => {
      answer.current?.leave()
      answer.current = new Answer(target, request, saved, latest, setView)
    },
    [latest],
  )

  useEffect(() => {
    if (address === null) return
    const saved = restore(latest.current)
    if (saved && (saved.url || startsByItself)) begin(saved, { method: 'GET' }, saved.url ?? address)
    else if (saved) {
      const lost = new StreamError('not-repeated', 'the page was reloaded, and the answer named no place to go on')
      setView({ text: saved.text, state: 'failed', error: lost })
    } else if (startsByItself) begin(undefined, {}, address)
    return () => {
      answer.current?.leave()
      answer.current = undefined
    }
  }, [address, startsByItself, begin, latest])

  return {
    text,
    state,
    error,
    resumeUrl,
    done: state === 'done',
    start: useCallback(
      (body) => {
        if (address !== null) begin(undefined, body == null ? {} : { body }, address)
      },
      [address, begin],
    ),
    stop: useCallback(() => answer.current?.stop(), []),
  }
}

interface View {
  text: string
  state: TokenState
  error?: StreamError | undefined
  resumeUrl?: string | undefined
}

const IDLE: View = { text: '', state: 'idle' }

function storageOf({ storage, storageKey }: UseTokenStreamOptions) {
  return storageKey === undefined ? undefined : (storage ?? globalThis.sessionStorage)
}

function restore(options: UseTokenStreamOptions): Saved | undefined {
  try {
    return JSON.parse(storageOf(options)?.getItem(options.storageKey!) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}

/** One answer: reads a stream into a text, shows it and keeps it. */
class Answer {
  readonly #stream: EventStream
  // A GET can be asked again as it is.
  readonly #ownPlace: string | undefined
  #view: View
  #isDue = false
  #left = false

  constructor(
    readonly url: string,
    request: EventStreamOptions,
    saved: Saved | undefined,
    readonly options: { readonly current: UseTokenStreamOptions },
    readonly show: (view: View) => void,
  ) {
    this.#view = { text: saved?.text ?? '', state: 'streaming' }
    // Ours says where the text is kept; the id goes with it, in one write.
    const { storage: _, storageKey: __, body, ...rest } = options.current
    const plan: EventStreamOptions = { ...rest, ...(saved ? {} : { body }), ...request, lastEventId: saved?.id ?? '' }
    this.#ownPlace = isGet(plan) ? url : undefined
    this.#stream = new EventStream(url, { ...plan, until: (event) => this.#read(event) })
    this.#stream.addEventListener('error', ({ error, retryInMillis }) => this.#failed(error, retryInMillis))
    this.#stream.addEventListener('open', () => this.#set({ error: undefined }))
    this.#set({})
  }

  /** Somebody else has the component now, or nobody. */
  leave(): void {
    this.#left = true
    this.#stream.close()
  }

  stop(): void {
    if (this.#view.state !== 'streaming') return
    this.#stream.close()
    this.#set({ state: 'stopped' })
    this.options.current.onStop?.(this.#stream.resumeUrl)
  }

  #read(event: StreamEvent): boolean {
    const { text, done, error } = (this.options.current.read ?? readToken)(event)
    if (text) this.#set({ text: this.#view.text + text })
    if (error) this.#set({ state: 'failed', error: new StreamError('upstream', error) })
    else if (done) this.#set({ state: 'done', error: undefined })
    return !!(done || error)
  }

  #failed(error: StreamError, retryInMillis?: number): void {
    if (retryInMillis !== undefined) {
      this.#set({ error })
      return
    }
    // The server's own end of an answer without a last event, and 204, which says that there is nothing more.
    const isOver = error.kind === 'ended' || error.kind === 'stopped'
    this.#set(isOver ? { state: 'done', error: undefined } : { state: 'failed', error })
  }

  #set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change, resumeUrl: this.#place() }
    if (this.#isDue) return
    this.#isDue = true
    // Once for all tokens of a chunk.
    queueMicrotask(() => {
      this.#isDue = false
      if (this.#left) return
      this.show(this.#view)
      this.#save()
    })
  }

  #place(): string | undefined {
    return this.#stream.resumeUrl ?? this.#ownPlace
  }

  #save(): void {
    const { storageKey: key } = this.options.current
    const storage = storageOf(this.options.current)
    const { text, state } = this.#view
    const saved: Saved = {
      text,
      id: this.#stream.lastEventId,
      url: this.#place(),
    }
    try {
      if (state === 'streaming') storage?.setItem(key!, JSON.stringify(saved))
      else storage?.removeItem(key!)
    } catch {
      // Full, or forbidden: the answer goes on without.
    }
  }
}
