import { afterEach, expect, it, vi } from 'vitest'
import { EventStream } from '../src/index.js'

/*
 * Tabs of a site in one process: channels that deliver late and in any order between senders, locks that are granted
 * late, tabs that die with their last words half said, and a server that keeps a log. Each step is drawn from a seed.
 */

const SEED = Number(process.env.TIDEWIRE_SEED ?? Math.floor(Math.random() * 1e6))
// In a tab's data, where it was told that events are lost.
const GAP = -1
const RUNS = Number(process.env.TIDEWIRE_RUNS ?? 60)

class World {
  readonly tabs: Tab[] = []
  readonly locks: { tab: Tab; grant: (lock: object | null) => Promise<void> | undefined; isHeld: boolean }[] = []
  log = 0
  current: Tab | undefined
  #state: number

  constructor(seed: number) {
    this.#state = seed * 2654435761
  }

  /** 0 to n - 1. */
  draw(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * n)
  }

  get alive(): Tab[] {
    return this.tabs.filter((tab) => !tab.isDead)
  }

  /** One thing that may happen next; {@return whether there was any} */
  step(): boolean {
    const possible: (() => void)[] = []
    for (const tab of this.alive) {
      for (const [sender, queue] of tab.inbox) {
        if (queue.length) {
          possible.push(() => {
            this.current = tab
            tab.channel?.onmessage?.({ data: tab.inbox.get(sender)!.shift() })
          })
        }
      }
      if (tab.connection && tab.connection.cursor < this.log) {
        const to = tab.connection
        possible.push(() => to.send(`id: ${++to.cursor}\nevent: n\ndata: ${to.cursor}\n\n`))
      }
    }
    const [first] = this.locks
    if (first && !first.isHeld) possible.push(() => this.#grant(first))
    if (!possible.length) return false
    possible[this.draw(possible.length)]!()
    return true
  }

  #grant(lock: World['locks'][number]) {
    lock.isHeld = true
    const done = lock.grant({})
    const free = () => this.locks.splice(this.locks.indexOf(lock), 1)
    if (done) done.then(free)
    else free()
  }
}

class Tab {
  isDead = false
  channel: { onmessage?: ((message: { data: unknown }) => void) | undefined } | undefined
  readonly inbox = new Map<Tab, unknown[]>()
  connection: { cursor: number; send: (text: string) => void } | undefined
  readonly data: number[] = []
  readonly stream: EventStream

  constructor(readonly world: World) {
    world.tabs.push(this)
    world.current = this
    this.stream = new EventStream('http://site/events', {
      shared: true,
      fetch: (async (_: string, init: RequestInit) =>
        this.#connect(new Headers(init.headers), init.signal!)) as typeof fetch,
      backoff: { initialMillis: 0 },
    })
    this.stream.addEventListener('n', (e) => this.data.push(Number(e.data)))
    this.stream.addEventListener('gap', () => this.data.push(GAP))
  }

  #connect(headers: Headers, signal: AbortSignal): Response {
    const cursor = Number(headers.get('Last-Event-ID') ?? this.world.log)
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = (text: string) => controller.enqueue(new TextEncoder().encode(text))
        const connection = { cursor, send }
        this.connection = connection
        send(`id: ${cursor}\nevent: connected\ndata: {}\n\n`)
        signal.addEventListener('abort', () => {
          if (this.connection === connection) this.connection = undefined
        })
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }

  die(): void {
    this.isDead = true
    this.connection = undefined
    // What it said last may have reached some and not others.
    for (const other of this.world.alive) {
      const queue = other.inbox.get(this)
      queue?.splice(this.world.draw(queue.length + 1))
    }
    const { locks } = this.world
    for (const lock of locks.filter((l) => l.tab === this)) locks.splice(locks.indexOf(lock), 1)
  }
}

function install(world: World) {
  class Channel {
    onmessage: ((message: { data: unknown }) => void) | undefined
    readonly tab = world.current!
    constructor() {
      this.tab.channel = this
    }
    postMessage(message: unknown) {
      if (this.tab.isDead) return
      for (const other of world.alive) {
        if (other === this.tab || !other.channel) continue
        if (!other.inbox.has(this.tab)) other.inbox.set(this.tab, [])
        other.inbox.get(this.tab)!.push(structuredClone(message))
      }
    }
    close() {
      this.tab.channel = undefined
    }
  }
  const locks = {
    request(
      _: string,
      { signal, ifAvailable }: { signal?: AbortSignal; ifAvailable?: true },
      grant: (lock: object | null) => Promise<void> | undefined,
    ) {
      const tab = world.current!
      if (ifAvailable && world.locks.length) {
        return Promise.resolve().then(() => {
          world.current = tab
          return grant(null)
        })
      }
      const lock = { tab, grant, isHeld: false }
      world.locks.push(lock)
      return new Promise<void>((_, reject) =>
        signal?.addEventListener('abort', () => {
          if (!lock.isHeld) world.locks.splice(world.locks.indexOf(lock), 1)
          reject(signal.reason)
        }),
      )
    },
  }
  vi.stubGlobal('BroadcastChannel', Channel)
  vi.stubGlobal('navigator', { locks })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { setTimeout } = globalThis
  vi.stubGlobal('setTimeout', (call: () => void, millis: number) => {
    const tab = world.current
    return setTimeout(() => {
      if (tab?.isDead) return
      world.current = tab
      call()
    }, millis)
  })
}

function uninstall() {
  vi.unstubAllGlobals()
  vi.useRealTimers()
}
afterEach(uninstall)

const settle = () => new Promise((resolve) => setImmediate(resolve))

async function quiet(world: World) {
  for (let idle = 0; idle < 3; ) {
    await settle()
    idle = world.step() ? 0 : idle + 1
    if (idle) vi.advanceTimersByTime(2_000)
  }
}

async function run(seed: number): Promise<number> {
  let gaps = 0
  const world = new World(seed)
  install(world)
  const open = async () => {
    const tab = new Tab(world)
    // Its channel and its place in the queue are taken before another is current.
    await Promise.resolve()
    await Promise.resolve()
    return tab
  }
  await open()
  await quiet(world)
  for (let i = 0; i < 150; i++) {
    const what = world.draw(20)
    if (what < 8) world.log++
    else if (what === 8 && world.alive.length < 5) await open()
    else if (what === 9 && world.alive.length > 1) world.alive[world.draw(world.alive.length)]!.die()
    else if (what === 10 && world.alive.length > 1) {
      const tab = world.alive[world.draw(world.alive.length)]!
      tab.stream.close()
      tab.isDead = true
    } else world.step()
    if (world.draw(3) === 0) await settle()
  }
  await quiet(world)
  for (let i = 0; i < 5; i++) {
    world.log++
    await quiet(world)
  }
  for (const [i, { data, stream }] of world.tabs.entries()) {
    const note = `TIDEWIRE_SEED=${seed}, tab ${i}: ${data}`
    for (const [n, value] of data.entries()) {
      if (n > 0 && value !== GAP && data[n - 1] !== GAP) expect(value, note).toBe(data[n - 1]! + 1)
    }
    if (data.includes(GAP)) gaps++
    if (world.tabs[i]!.isDead) continue
    expect(data.at(-1), note).toBe(world.log)
    expect(data.length, note).toBeGreaterThanOrEqual(5)
    expect(stream.readyState, note).toBe(1)
  }
  expect(world.alive.filter((tab) => tab.connection)).toHaveLength(1)
  for (const tab of world.alive) tab.stream.close()
  uninstall()
  return gaps
}

it(`whatever dies whenever, each tab gets all since it came, once and in order, or is told of a gap (seed ${SEED})`, async () => {
  let gaps = 0
  for (let seed = SEED; seed < SEED + RUNS; seed++) gaps += await run(seed)
  // About one tab in five hundred comes into a world so wild; a gap must stay the exception.
  if (process.env.TIDEWIRE_RUNS) console.log(`${gaps} tabs with a gap`)
  expect(gaps, `seed ${SEED}`).toBeLessThanOrEqual(Math.max(6, RUNS / 10))
})

it('without Web Locks each has its own connection', async () => {
  vi.stubGlobal('navigator', {})
  let calls = 0
  const fetch = async () => {
    calls++
    return new Response('data: x\n\n', { headers: { 'Content-Type': 'text/event-stream' } })
  }
  const streams = [1, 2].map(() => new EventStream('http://site/', { shared: true, fetch, maxRetries: 0 }))
  for (const stream of streams) for await (const event of stream) expect(event.data).toBe('x')
  expect(calls).toBe(2)
})
