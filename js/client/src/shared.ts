import { Connection, type ConnectionOptions, type Sink, type WireEvent } from './connection.js'
import { RecentIds } from './recent-ids.js'
import { StreamError, type StreamErrorKind } from './stream-error.js'

type Message =
  | { k: 'join'; who: string; id: string }
  // past: what came after the joiner's id; null if that is too long ago
  | { k: 'hello'; term: string; id: string; open: boolean; who?: string; past?: WireEvent[] | null }
  | { k: 'event'; term: string; event: WireEvent }
  | { k: 'open'; term: string }
  | { k: 'fail'; term: string; error: { kind: StreamErrorKind; text: string }; wait?: number | undefined }

// What a tab that is a moment behind can catch up with: enough for a burst, little for a page.
const MAX_PAST = 512

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
   * and one for duplicates, and both need ids; a stream without ids can be shared but not resumed.
   */

  lastEventId: string
  readonly #url: string
  readonly #options: ConnectionOptions
  readonly #sink: Sink
  readonly #name: string
  readonly #who = crypto.randomUUID()
  readonly #seen = new RecentIds(MAX_PAST)
  #past: WireEvent[] = []
  #channel: BroadcastChannel | undefined
  #leave: (() => void) | undefined
  #leading: Connection | undefined
  #term = ''
  #isOpen = false
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
      this.#isOpen = false
      this.#term = ''
    } else if (!this.#channel && !this.#stopped) this.#enter()
  }

  #enter(): void {
    this.#channel = new BroadcastChannel(this.#name)
    this.#channel.onmessage = ({ data }) => this.#heard(data)
    const waiting = new AbortController()
    this.#leave = () => waiting.abort()
    const channel = this.#channel
    navigator.locks
      .request(this.#name, { signal: waiting.signal }, () => {
        // Left between the grant and this call.
        if (this.#channel !== channel) return
        return new Promise<void>((release) => {
          this.#leave = release
          this.#lead()
        })
      })
      .catch(() => {})
    this.#join()
  }

  #join(): void {
    this.#term = ''
    this.#say({ k: 'join', who: this.#who, id: this.lastEventId })
  }

  #say(message: Message): void {
    this.#channel?.postMessage(message)
  }

  #lead(): void {
    const term = crypto.randomUUID()
    this.#term = term
    this.#lost()
    this.#say({ k: 'hello', term, id: this.lastEventId, open: false })
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
        this.#say({
          k: 'hello',
          term: this.#term,
          id: this.lastEventId,
          open: this.#isOpen,
          who,
          past: this.#after(id),
        })
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

  #hello({ term, id, open, who, past }: Message & { k: 'hello' }): void {
    // An answer to another's join is nothing to us.
    if (who && who !== this.#who) return
    if (!who && this.lastEventId && id !== this.lastEventId && !this.#seen.has(id)) {
      this.#lost()
      this.#join()
      return
    }
    if (who && term === this.#term) return
    this.#term = term
    if (!open) this.#lost()
    else this.#opened()
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
