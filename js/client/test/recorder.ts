import type { EventStream, StreamErrorEvent, StreamEvent } from '../src/index.js'

/** Writes down all that a stream does, in short words, and lets a test wait for it. */
export class Recorder {
  readonly log: string[] = []
  readonly errors: StreamErrorEvent[] = []
  readonly events: StreamEvent[] = []
  readonly #waiting = new Set<() => void>()

  constructor(readonly stream: EventStream) {
    stream.addEventListener('open', () => this.#add('open'))
    stream.addEventListener('error', (event) => {
      this.errors.push(event)
      const { kind, status } = event.error
      const word = kind === 'status' ? String(status) : kind
      this.#add(`${event.retryInMillis === undefined ? 'end' : 'retry'} ${word}`)
    })
    stream.on(
      '*',
      (_, event) => {
        this.events.push(event)
        this.#add(`${event.type}: ${event.data}`)
      },
      String,
    )
  }

  #add(entry: string): void {
    this.log.push(entry)
    for (const wake of this.#waiting) wake()
  }

  /** Waits until the condition holds; checked after each entry. */
  async until(condition: (log: string[]) => boolean): Promise<string[]> {
    while (!condition(this.log)) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake)
          resolve()
        }
        this.#waiting.add(wake)
      })
    }
    return this.log
  }

  has(entry: string): Promise<string[]> {
    return this.until((log) => log.includes(entry))
  }

  /** Waits until it has ended for good. */
  async end(): Promise<string> {
    const log = await this.until((entries) => entries.some((entry) => entry.startsWith('end ')))
    return log.at(-1)!
  }
}
