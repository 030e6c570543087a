import { Connection, type ConnectionOptions, type Sink, type WireEvent } from './connection.js'
import { RecentIds } from './recent-ids.js'
import { StreamError, type StreamErrorKind } from './stream-error.js'

type Message =
  | { k: 'join'; who: string; id: string }
  // past: what came after the joiner's id; null if that is too long ago. ids: what came before it
  | { k: 'hello'; term: string; id: string; open: boolean; who?: string; past?: WireEvent[] | null; ids?: string[] }
  | { k: 'event'; term: string; event: WireEvent }
  | { k: 'open'; term: string }
  | { k: 'fail'; term: string; error: { kind: StreamErrorKind; text: string }; wait?: number | undefined }

// What a tab that is a moment behind can catch up with: enough for a burst, little for a page.
const MAX_PAST = 512

// A leader answers at once, unless its tab is dying.
const ANSWER_MILLIS = 2_000

/** {@return whether tabs can share here} It takes a secure context: https or localhost. */
export const canShare = (): boolean =>
  typeof BroadcastChannel !== 'undefined' && typeof navigator !== 'undefined' && !!navigator.locks

/** One connection for all tabs that ask for the same. */
export class SharedConnection {
  /*
   * Whoever holds the Web Lock leads: it has the connection and tells the others over a BroadcastChannel. The browser frees
   * the lock when the tab dies, however it dies, and the next in line leads.
   *
   * Every leader has a term of its own. Within a term, messages arrive in order and whole. Between terms nothing is
   * sure: the new leader resumes after the last id that it saw itself, and a follower may have seen less or more.
   *   - more: the leader's id is among those the follower saw; what comes twice is dropped by its id;
   *   - less: it is not; the follower joins anew and gets what lies between from the leader's past, or, if that is too
   *     long ago, a `gap` event.
   * Late messages of an earlier term are dropped: the resume brings their events again. That makes one rule for loss
   * and one for duplicates, and both need ids; a stream without ids can be shared but not resumed. A tab that has heard
   * nothing yet stays out of the line for the lock as long as there is somebody to hear. Should one lead all the same,
   * because the leader died with its words on the way, then the others are told of a gap: never a loss in silence.
   */

  lastEventId: string
  readonly #url: string
  readonly #options: ConnectionOptions
  readonly #sink: Sink
  readonly #name: string
  #who = ''
  #seen = new RecentIds(MAX_PAST)
  #past: WireEvent[] = []
  #channel: BroadcastChannel | undefined
  #leave: (() => void) | undefined
  #leading: Connection | undefined
  #term = ''
  #isOpen = false
  #isQueued = false
  #stopped = false

  constructor(url: string, name: string, options: ConnectionOptions, sink: Sink) {
    this.#url = url
    this.#options = options
    this.#sink = sink
    this.#name = `tidewire:${name}`
    this.lastEventId = options.lastEventId ?? ''
    queueMicrotask(() => this.pause(false))
  }

  /** Whether this tab has the connection. */
  get isLeader(): boolean {
    return !!this.#leading
  }

  stop(): void {
    this.pause(true)
    this.#stopped = true
  }

  /** Leaves the others, or comes back and catches up. */
  pause(paused: boolean): void {
    if (paused) {
      this.#leading?.stop()
      this.#channel?.close()
      this.#leave?.()
      this.#leave = this.#channel = this.#leading = undefined
      this.#isOpen = this.#isQueued = false
      this.#term = ''
    } else if (!this.#channel && !this.#stopped) this.#enter()
  }

  #enter(): void {
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.onmessage = ({ data }) => this.#heard(data)
    // Who has heard nothing yet must not lead those who have. But if there is nobody to hear, there is a lock to have.
    this.#queue(true)
    this.#join()
  }

  /** Gets in line for the lock, once; if only it is free, takes it or lets it be. */
  #queue(ifAvailable = false): void {
    if (!this.#channel || (this.#isQueued && !ifAvailable)) return
    this.#isQueued = !ifAvailable
    const waiting = new AbortController()
    this.#leave = () => waiting.abort()
    const channel = this.#channel
    // The standard forbids a signal where there is nothing to wait for.
    navigator.locks
      .request(this.#name, ifAvailable ? { ifAvailable } : { signal: waiting.signal }, (lock) => {
        // Left between the grant and this call.
        if (this.#channel !== channel) return
        if (!lock) {
          if (this.#term) this.#queue()
          else setTimeout(() => this.#channel === channel && this.#queue(), ANSWER_MILLIS)
          return
        }
        return new Promise<void>((release) => {
          this.#isQueued = true
          this.#leave = release
          this.#lead()
        })
      })
      .catch(() => {})
  }

  #join(): void {
    this.#term = ''
    // Anew each time: an answer to an earlier question is stale.
    this.#who = crypto.randomUUID()
    this.#say({ k: 'join', who: this.#who, id: this.lastEventId })
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message)
  }

  #lead(): void {
    const term = crypto.randomUUID()
    this.#term = term
    this.#lost()
    this.#say({ k: 'hello', term, id: this.lastEventId, open: false, ids: this.#seen.list })
    this.#leading = new Connection(
      this.#url,
      { ...this.#options, lastEventId: this.lastEventId },
      {
        open: () => {
          this.#say({ k: 'open', term })
          this.#opened()
        },
        // The others first: a tab that dies in its own listener has told them.
        event: (event) => {
          this.#say({ k: 'event', term, event })
          this.#deliver(event)
        },
        failed: (error, wait) => {
          this.#say({ k: 'fail', term, error: error.toJSON(), wait })
          this.#isOpen = false
          this.#sink.failed(error, wait)
        },
      },
    )
  }

  #heard(message: Message): void {
    if (message.k === 'join') {
      if (this.#leading) {
        const { who, id } = message
        const past = this.#after(id)
        const ids = this.#seen.list.slice(0, past?.length ? -past.length : undefined)
        this.#say({ k: 'hello', term: this.#term, id: this.lastEventId, open: this.#isOpen, who, past, ids })
      }
    } else if (this.#leading) return
    else if (message.k === 'hello') this.#hello(message)
    else if (message.term !== this.#term) {
      // A late word of an earlier leader, or we took up the wrong one: whoever leads will say. Once is enough.
      if (this.#term) this.#join()
    } else if (message.k === 'event') this.#deliver(message.event)
    else if (message.k === 'open') this.#opened()
    else {
      this.#isOpen = false
      this.#sink.failed(new StreamError(message.error.kind, message.error.text), message.wait)
    }
  }

  #hello({ term, id, open, who, past, ids }: Message & { k: 'hello' }): void {
    // An answer to another's join is nothing to us, nor is one to ours when a new leader has spoken since.
    if (who && (who !== this.#who || this.#term)) return
    if (!who && this.lastEventId && id !== this.lastEventId && !this.#seen.has(id)) {
      this.#lost()
      this.#join()
      return
    }
    this.#term = term
    this.#queue()
    if (!open) this.#lost()
    else this.#opened()
    // What was before our time: should the next leader be behind, these are no news.
    if (past === null) {
      // Nothing is known of how this leader's place and ours relate: from here anew.
      this.#seen = new RecentIds(MAX_PAST)
      this.#past = []
    }
    if (who || !this.lastEventId) for (const old of ids ?? []) this.#seen.add(old)
    const note = { lastEventId: id, own: false, origin: new URL(this.#url).origin }
    const data = JSON.stringify({ from: this.lastEventId, to: id, missed: null })
    if (past === null) this.#deliver({ type: 'gap', data, ...note })
    for (const event of past ?? []) this.#deliver(event)
    if (!this.lastEventId) this.#deliver({ type: '', data: '', ...note })
  }

  /** {@return what came after that id; null if that is not known any more} */
  #after(id: string): WireEvent[] | null {
    if (!id || id === this.lastEventId) return []
    // Not the last with that id, but the last of its run: events without an id of their own carry it on.
    const at = this.#past.findLastIndex((event) => event.lastEventId === id)
    return at < 0 ? null : this.#past.slice(at + 1)
  }

  #deliver(event: WireEvent): void {
    const isNew = this.#seen.add(event.lastEventId)
    if (event.own && !isNew) return
    this.lastEventId = event.lastEventId
    this.#past.push(event)
    if (this.#past.length > MAX_PAST) this.#past.shift()
    this.#sink.event(event)
  }

  #opened(): void {
    if (this.#isOpen) return
    this.#isOpen = true
    this.#sink.open()
  }

  #lost(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#sink.failed(new StreamError('network', 'the tab that had the connection is gone'), 0)
  }
}
