// A page that opens streams as a test tells it, and keeps what came.
import { EventSource, EventStream } from '../../src/index.js'

export interface Kept {
  log: string[]
  data: string[]
}

/** What a test can say of a stream: what a message to the page can carry. */
export interface PageOptions {
  shared?: boolean | string
  pauseWhenHidden?: boolean
  /** Keep the id in localStorage. */
  keep?: boolean
}

const page = {
  EventStream,

  streams: {} as Record<string, { stream: EventStream; kept: Kept }>,

  /** Opens a stream and keeps what it does under a name. */
  open(name: string, url: string, options: PageOptions = {}) {
    const kept: Kept = { log: [], data: [] }
    const { keep, ...rest } = options
    const storage = keep ? { storage: localStorage } : {}
    const stream = new EventStream(url, { backoff: { initialMillis: 10, maxMillis: 200 }, ...storage, ...rest })
    stream.addEventListener('open', () => kept.log.push('open'))
    stream.addEventListener('error', ({ error, retryInMillis }) =>
      kept.log.push(`${retryInMillis === undefined ? 'end' : 'retry'} ${error.kind}`),
    )
    stream.on(
      '*',
      (_, event) => {
        kept.log.push(event.type)
        if (event.type === 'n') kept.data.push(event.data)
      },
      String,
    )
    page.streams[name] = { stream, kept }
  },

  /** What an EventSource does until it is closed, or an event named end came: ours and the browser's, side by side. */
  compare(url: string): Promise<string[][]> {
    return Promise.all(
      [globalThis.EventSource, EventSource].map(
        (Source) =>
          new Promise<string[]>((resolve) => {
            const log: string[] = []
            const source = new Source(`${url}?${Source === EventSource ? 'ours' : 'theirs'}`)
            const finish = () => {
              source.close()
              resolve([...log, `closed ${source.readyState}`])
            }
            source.onopen = () => log.push(`open ${source.readyState}`)
            source.onerror = () => {
              log.push(`error ${source.readyState}`)
              if (source.readyState === 2) finish()
            }
            const event = (e: MessageEvent) =>
              log.push(`${e.type} ${JSON.stringify(e.data)} ${e.lastEventId} ${e.origin}`)
            source.onmessage = event
            source.addEventListener('named', event)
            source.addEventListener('end', finish)
          }),
      ),
    )
  },
}

declare global {
  var tidewire: typeof page
}
globalThis.tidewire = page
