import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { EventSource, EventStream, type EventStreamOptions, StreamError } from '../src/index.js'
import { type Answer, cutAfter, ended, FaultServer, reset, silence, status, stream } from './fault-server.js'
import { Recorder } from './recorder.js'

const FAST = { initialMillis: 1, maxMillis: 5 }
const HELLO = 'id: 1\ndata: hello\n\n'
const hello = stream(HELLO)

async function serve(...answers: Answer[]) {
  const server = await FaultServer.start(...answers)
  onTestFinished(() => server.refuse())
  return server
}

function open(server: FaultServer, options: EventStreamOptions = {}) {
  const recorder = new Recorder(new EventStream(server.url, { backoff: FAST, ...options }))
  onTestFinished(() => recorder.stream.close())
  return recorder
}

describe('every row of the fault table', () => {
  it('refused: comes back when the server does', async () => {
    const server = await serve(hello)
    await server.refuse()
    const recorder = open(server)
    await recorder.until((log) => log.length === 3)
    expect(new Set(recorder.log)).toEqual(new Set(['retry network']))
    await server.listen()
    await recorder.has('message: hello')
  })

  it('cut before an answer: comes back', async () => {
    const recorder = open(await serve(reset, hello))
    expect(await recorder.has('message: hello')).toEqual(['retry network', 'open', 'message: hello'])
  })

  it('no bytes at all: given up after the connect time-out, and comes back', async () => {
    const server = await serve(silence)
    const recorder = open(server, { connectTimeoutMillis: 100 })
    await recorder.has('retry silent')
    server.script(hello)
    await recorder.has('message: hello')
  })

  it('stalls after the head: given up by the watchdog, and comes back', async () => {
    const recorder = open(await serve(stream(''), hello), { watchdogMillis: 100 })
    expect((await recorder.has('message: hello')).slice(0, 3)).toEqual(['open', 'retry silent', 'open'])
  })

  it('cut at every byte: what was whole is delivered, the rest comes by resume', async () => {
    const text = 'id: 1\ndata: a\n\nid: 2\ndata: b\n\n'
    for (let bytes = 0; bytes <= text.length; bytes++) {
      const server = await serve(cutAfter(bytes, text), (response, seen, request) => {
        const from = { undefined: text, 1: text.slice(15), 2: '' }[String(seen.headers['last-event-id'])]
        stream(`${from}data: end\n\n`)(response, seen, request)
      })
      const recorder = open(server)
      await recorder.has('message: end')
      expect(recorder.events.map((e) => e.data)).toEqual(['a', 'b', 'end'])
      recorder.stream.close()
    }
  })

  it('ended properly: comes back', async () => {
    const server = await serve(ended(HELLO), hello)
    const recorder = open(server)
    await server.requests(2)
    expect(recorder.log.slice(0, 3)).toEqual(['open', 'message: hello', 'retry ended'])
    expect(server.seen[1]!.headers['last-event-id']).toBe('1')
  })

  it('204: stops', async () => {
    expect(await open(await serve(status(204))).end()).toBe('end stopped')
  })

  it.each([301, 302, 303, 307, 308])('%i: followed; the reconnect asks the first address', async (code) => {
    const server = await serve(status(code, { Location: '/elsewhere' }), ended(HELLO), hello)
    open(server)
    await server.requests(3)
    expect(server.seen.map((s) => s.url)).toEqual(['/events', '/elsewhere', '/events'])
  })

  it.each([201, 304, 400, 403, 404, 410])('%i: stops, with the answer at hand', async (code) => {
    const recorder = open(await serve(status(code, {}, code === 304 ? '' : 'why')))
    expect(await recorder.end()).toBe(`end ${code}`)
    const { response } = recorder.errors[0]!.error
    expect(await response!.text()).toBe(code === 304 ? '' : 'why')
  })

  it.each([408, 425, 429, 500, 502, 503, 504])('%i: comes back', async (code) => {
    const recorder = open(await serve(status(code), hello))
    expect(await recorder.has('message: hello')).toEqual([`retry ${code}`, 'open', 'message: hello'])
  })

  it('401: asks for fresh headers once, then stops', async () => {
    const asked: boolean[] = []
    const headers = ({ unauthorized }: { unauthorized: boolean }) => {
      asked.push(unauthorized)
      return { Authorization: unauthorized ? 'new' : 'old' }
    }
    const server = await serve(status(401))
    const recorder = open(server, { headers })
    expect(await recorder.end()).toBe('end 401')
    expect(asked).toEqual([false, true])
    expect(server.seen.map((s) => s.headers.authorization)).toEqual(['old', 'new'])
  })

  it('401: goes on with a fresh token, and may refresh again later', async () => {
    const server = await serve(status(401), ended(HELLO), status(401), hello)
    const recorder = open(server, { headers: async () => ({}) })
    await server.requests(4)
    await recorder.until((log) => log.filter((e) => e === 'open').length === 2)
    expect(recorder.log.filter((e) => e.startsWith('end'))).toEqual([])
  })

  it('401 with fixed headers: stops at once', async () => {
    const server = await serve(status(401))
    expect(await open(server, { headers: { a: 'b' } }).end()).toBe('end 401')
    expect(server.seen).toHaveLength(1)
  })

  it.each(['text/html', 'application/json', 'text/event-stream-x', ''])('type %j: stops', async (type) => {
    const recorder = open(await serve(status(200, type ? { 'Content-Type': type } : {}, 'x')))
    expect(await recorder.end()).toBe('end content-type')
  })

  it.each(['text/event-stream;charset=utf-8', 'TEXT/Event-Stream ; x', 'text/event-stream;'])(
    'type %j: is an event stream',
    async (type) => {
      await open(await serve(stream(HELLO, { 'Content-Type': type }))).has('message: hello')
    },
  )

  it('a huge line: stops', async () => {
    const recorder = open(await serve(stream(`data: ${'x'.repeat(2_000)}`)), { maxEventChars: 1_000 })
    expect(await recorder.end()).toBe('end too-large')
  })

  it('headers that cannot be had: tries again', async () => {
    let calls = 0
    const headers = () => {
      if (++calls === 1) throw new Error('token service down')
      return {}
    }
    const recorder = open(await serve(hello), { headers })
    expect(await recorder.has('message: hello')).toEqual(['retry headers', 'open', 'message: hello'])
  })

  it('too many failures: ends with the last one as cause', async () => {
    const recorder = open(await serve(status(503)), { maxRetries: 2 })
    expect(await recorder.end()).toBe('end exhausted')
    expect(recorder.log).toEqual(['retry 503', 'retry 503', 'end exhausted'])
    expect((recorder.errors[2]!.error.cause as StreamError).status).toBe(503)
  })
})

describe('as browsers do, when dropped in', () => {
  const dropIn = (server: FaultServer) => {
    const recorder = new Recorder(new EventSource(server.url, { backoff: FAST }))
    onTestFinished(() => recorder.stream.close())
    return recorder
  }

  it.each([205, 299, 401, 404, 410, 429, 500, 503])('%i fails the connection', async (code) => {
    const server = await serve(status(code))
    expect(await dropIn(server).end()).toBe(`end ${code}`)
    expect(server.seen).toHaveLength(1)
  })

  it('waits three seconds at first, and what the server says afterwards', async () => {
    const recorder = dropIn(await serve(ended(''), ended('retry: 7\n\n'), hello))
    await recorder.has('retry ended')
    expect(recorder.errors[0]!.retryInMillis).toBeGreaterThanOrEqual(3_000)
    recorder.stream.close()
    const told = dropIn(await serve(ended('retry: 7\n\n'), hello))
    await told.has('message: hello')
    expect(told.errors[0]!.retryInMillis).toBeGreaterThanOrEqual(7)
    expect(told.errors[0]!.retryInMillis).toBeLessThan(10)
  })

  it('has the constants, states, handlers and errors of an EventSource', async () => {
    const server = await serve(hello)
    const source: globalThis.EventSource = new EventSource(server.url)
    expect([source.CONNECTING, source.OPEN, source.CLOSED, EventSource.OPEN]).toEqual([0, 1, 2, 1])
    expect([source.readyState, source.url, source.withCredentials]).toEqual([0, server.url, false])
    await new Promise((resolve) => (source.onopen = resolve))
    expect(source.readyState).toBe(1)
    const message = await new Promise<MessageEvent>((resolve) => (source.onmessage = resolve))
    expect([message.data, message.lastEventId, message.origin]).toEqual(['hello', '1', new URL(server.url).origin])
    source.close()
    expect(source.readyState).toBe(2)
    expect(() => new EventSource('http://:bad')).toThrow(DOMException)
  })

  it('sends what browsers send', async () => {
    const server = await serve(ended('id: é€\ndata: x\nretry: 1\n\n'), hello)
    dropIn(server)
    const [first, second] = await server.requests(2)
    expect(first!.headers.accept).toBe('text/event-stream')
    expect(first!.headers['cache-control']).toBe('no-cache')
    expect(first!.headers).not.toHaveProperty('last-event-id')
    expect(Buffer.from(String(second!.headers['last-event-id']), 'latin1').toString()).toBe('é€')
  })

  it('a handler set to null is gone, and one that is replaced is called no more', async () => {
    const source = new EventSource((await serve(hello)).url)
    const called: number[] = []
    source.onmessage = () => called.push(1)
    source.onmessage = () => called.push(2)
    source.onopen = () => called.push(3)
    source.onopen = null
    await new Promise((resolve) => source.addEventListener('message', resolve))
    expect(called).toEqual([2])
    source.close()
  })

  it('nothing is delivered after close, not even of the same chunk', async () => {
    const recorder = open(await serve(stream('data: 1\n\ndata: 2\n\n')))
    recorder.stream.onmessage = () => recorder.stream.close()
    await recorder.has('message: 1')
    expect(recorder.log).toEqual(['open', 'message: 1'])
    expect(recorder.stream.readyState).toBe(2)
  })
})

describe('waiting', () => {
  it('is never below what Retry-After says', async () => {
    const recorder = open(await serve(status(503, { 'Retry-After': '7' })))
    await recorder.has('retry 503')
    expect(recorder.errors[0]!.retryInMillis).toBeGreaterThanOrEqual(7_000)
  })

  it('understands a date in Retry-After', async () => {
    const recorder = open(await serve(status(429, { 'Retry-After': new Date(Date.now() + 60_000).toUTCString() })))
    await recorder.has('retry 429')
    expect(recorder.errors[0]!.retryInMillis).toBeGreaterThan(50_000)
  })

  it('is never below what retry says', async () => {
    const recorder = open(await serve(ended('retry: 5000\n\n')))
    await recorder.has('retry ended')
    expect(recorder.errors[0]!.retryInMillis).toBeGreaterThanOrEqual(5_000)
  })

  it('grows while connections open and end at once, and begins anew after a good one', async () => {
    const grow = open(await serve(ended('')), { backoff: { initialMillis: 1, maxMillis: 100, jitter: 0 } })
    await grow.until((log) => log.filter((e) => e === 'retry ended').length === 4)
    expect(grow.errors.slice(0, 4).map((e) => e.retryInMillis)).toEqual([1, 2, 4, 8])
    const good = open(await serve(ended('')), { backoff: { initialMillis: 1, jitter: 0 }, goodAfterMillis: 0 })
    await good.until((log) => log.filter((e) => e === 'retry ended').length === 3)
    expect(good.errors.slice(0, 3).map((e) => e.retryInMillis)).toEqual([1, 1, 1])
  })
})

describe('coming online', () => {
  async function hurried(answer: Answer): Promise<number> {
    let online = () => {}
    vi.stubGlobal('addEventListener', (_: string, listener: () => void) => {
      online = listener
    })
    vi.stubGlobal('removeEventListener', () => {})
    onTestFinished(() => void vi.unstubAllGlobals())
    const times: number[] = []
    const note =
      (then: Answer): Answer =>
      (...all) => {
        times.push(performance.now())
        then(...all)
      }
    const recorder = open(await serve(note(answer), note(hello)), { backoff: { initialMillis: 3_600_000 } })
    await recorder.until((log) => log.some((entry) => entry.startsWith('retry')))
    online()
    await recorder.has('message: hello')
    return times[1]! - times[0]!
  }

  it('ends a wait of ours', async () => {
    await hurried(reset)
  })

  it.each([
    ['Retry-After', status(503, { 'Retry-After': '1' })],
    ['retry', ended('retry: 1000\n\n')],
  ])('does not end one that the server asked for by %s', async (_, answer) => {
    expect(await hurried(answer)).toBeGreaterThanOrEqual(1_000)
  })
})

describe('the watchdog', () => {
  it('sets itself from what a Tidewire server announces', async () => {
    const connected = 'event: connected\ndata: {"keepAliveMillis":10}\n\n'
    const server = await serve(stream(connected))
    const recorder = open(server)
    await recorder.has('retry silent')
    expect(recorder.errors[0]!.message).toContain('1015 ms')
  })

  it('is fed by comments', async () => {
    const server = await serve((response, seen, request) => {
      stream('')(response, seen, request)
      let left = 20
      const timer = setInterval(() => {
        response.write(left-- > 0 ? ':\n' : 'data: alive\n\n')
        if (left < 0) clearInterval(timer)
      }, 10)
    })
    // Twenty comments take longer than the watchdog would wait.
    const recorder = open(server, { watchdogMillis: 150 })
    await recorder.has('message: alive')
    expect(recorder.log).toEqual(['open', 'message: alive'])
  })
})

describe('POST', () => {
  const post: EventStreamOptions = { body: '{"prompt":"hi"}', headers: { 'Content-Type': 'application/json' } }

  it('sends method, headers and body', async () => {
    const server = await serve(hello)
    await open(server, post).has('message: hello')
    expect(server.seen[0]).toMatchObject({ method: 'POST', body: '{"prompt":"hi"}' })
    expect(server.seen[0]!.headers['content-type']).toBe('application/json')
  })

  it('is over when the server ends it', async () => {
    expect(await open(await serve(ended(HELLO)), post).end()).toBe('end ended')
  })

  it.each([
    ['cut before an answer', reset],
    ['cut in the middle', cutAfter(5, HELLO)],
    ['500', status(500)],
    ['503', status(503)],
  ])('%s: is not made again', async (_, answer) => {
    const server = await serve(answer, hello)
    const recorder = open(server, post)
    expect(await recorder.end()).toBe('end not-repeated')
    expect(recorder.errors[0]!.error.cause).toBeInstanceOf(StreamError)
    expect(server.seen).toHaveLength(1)
  })

  it.each([408, 425, 429])('%i: is made again, for it was not acted on', async (code) => {
    const server = await serve(status(code), hello)
    await open(server, post).has('message: hello')
    expect(server.seen.map((s) => s.method)).toEqual(['POST', 'POST'])
  })

  it('401: is made again with fresh headers', async () => {
    const server = await serve(status(401), hello)
    await open(server, { body: 'x', headers: () => ({}) }).has('message: hello')
    expect(server.seen.map((s) => s.body)).toEqual(['x', 'x'])
  })

  it('cut: goes on by GET where the answer said, after the last id', async () => {
    const server = await serve(cutAfter(20, `${HELLO}data`, { 'Content-Location': '/answers/7' }), hello)
    const recorder = open(server, post)
    await server.requests(2)
    expect(server.seen[1]).toMatchObject({ method: 'GET', url: '/answers/7', body: '' })
    expect(server.seen[1]!.headers['last-event-id']).toBe('1')
    expect(recorder.stream.resumeUrl).toBe(new URL('/answers/7', server.url).href)
  })

  it('ended before the event it waits for: goes on too', async () => {
    const server = await serve(ended(HELLO, { 'Content-Location': '/answers/7' }), stream('event: done\ndata: all\n\n'))
    const recorder = open(server, { ...post, until: (event) => event.type === 'done' })
    await recorder.has('done: all')
    expect(recorder.stream.lastError?.kind).toBe('done')
    expect(recorder.stream.readyState).toBe(2)
  })

  it('resume repeat: sends the same again with the same key', async () => {
    const server = await serve(cutAfter(20, `${HELLO}data`), hello)
    open(server, { ...post, resume: 'repeat' })
    const [first, second] = await server.requests(2)
    expect(second).toMatchObject({ method: 'POST', body: first!.body })
    expect(first!.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/)
    expect(second!.headers['idempotency-key']).toBe(first!.headers['idempotency-key'])
    expect(second!.headers['last-event-id']).toBe('1')
  })

  it('resume get: asks the same address', async () => {
    const server = await serve(cutAfter(20, `${HELLO}data`), hello)
    open(server, { ...post, resume: 'get' })
    expect((await server.requests(2))[1]).toMatchObject({ method: 'GET', url: '/events' })
  })

  it('resume never: ends though a place was named', async () => {
    const server = await serve(cutAfter(20, `${HELLO}data`, { 'Content-Location': '/answers/7' }), hello)
    expect(await open(server, { ...post, resume: 'never' }).end()).toBe('end not-repeated')
  })

  it('refuses what cannot be: a shared POST, a body sent twice that can be read once', () => {
    const url = 'http://127.0.0.1/'
    expect(() => new EventStream(url, { body: 'x', shared: true })).toThrow('shared')
    expect(() => new EventStream(url, { body: new ReadableStream(), resume: 'repeat' })).toThrow('resume')
  })
})

describe('what a page does with it', () => {
  it('typed events are parsed, and unsubscribed', async () => {
    const server = await serve(
      stream('event: price\ndata: {"bid":1}\n\nevent: price\ndata: {"bid":2}\n\nevent: end\ndata: 0\n\n'),
    )
    const source = open(server).stream
    const bids: number[] = []
    const off = source.on<{ bid: number }>('price', ({ bid }) => {
      bids.push(bid)
      off()
    })
    await new Promise<void>((resolve) => source.on<number>('end', () => resolve()))
    expect(bids).toEqual([1])
  })

  it('data that does not parse is an error of its own, and the stream goes on', async () => {
    const recorder = open(await serve(stream('data: {\n\ndata: 1\n\n')))
    const got: number[] = []
    recorder.stream.on<number>('message', (n) => got.push(n))
    await recorder.has('message: 1')
    expect(got).toEqual([1])
    expect(recorder.log).toContain('retry parse')
    expect(recorder.stream.readyState).toBe(1)
  })

  it('repeated ids are dropped on request, but not those of the hub, whose ids are cursors', async () => {
    const text =
      'id: 1\nevent: connected\ndata: {}\n\nid: 1\ndata: a\n\nid: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n'
    const recorder = open(await serve(stream(text)), { dedupe: true })
    await recorder.has('message: c')
    expect(recorder.log).toEqual(['open', 'connected: {}', 'message: a', 'message: b', 'message: c'])
  })

  it('a gap is told', async () => {
    const server = await serve(stream('event: gap\ndata: {"from":"a","to":"b","missed":3}\n\n'))
    const gap = await new Promise((onGap) => open(server, { onGap }))
    expect(gap).toEqual({ from: 'a', to: 'b', missed: 3 })
  })

  it('the id is kept across reloads', async () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (k: string, v: string) => kept.set(k, v),
    }
    const server = await serve(stream('id: 1\ndata: a\n\nid: 2\ndata: b\n\n'), hello)
    const first = open(server, { storage })
    await first.has('message: b')
    first.stream.close()
    expect([...kept]).toEqual([[`tidewire:${server.url}`, '2']])
    await open(server, { storage }).has('message: hello')
    expect(server.seen[1]!.headers['last-event-id']).toBe('2')
  })

  it('the id may go into the query', async () => {
    const server = await serve(hello)
    await open(server, { lastEventId: '#a 1', lastEventIdParam: 'last_event_id' }).has('message: hello')
    expect(server.seen[0]!.url).toBe('/events?last_event_id=%23a+1')
    expect(server.seen[0]!.headers).not.toHaveProperty('last-event-id')
  })

  it('the signal closes it, also before it began', async () => {
    const server = await serve(hello)
    const abort = new AbortController()
    const recorder = open(server, { signal: abort.signal })
    await recorder.has('message: hello')
    abort.abort('enough')
    expect(recorder.stream.readyState).toBe(2)
    expect(recorder.stream.lastError).toMatchObject({ kind: 'aborted', cause: 'enough' })
    expect(new EventStream(server.url, { signal: abort.signal }).readyState).toBe(2)
    expect(server.seen).toHaveLength(1)
  })

  it('closed in the task it was made in, it makes no request', async () => {
    const server = await serve(hello)
    new EventStream(server.url).close()
    await open(server).has('message: hello')
    expect(server.seen).toHaveLength(1)
  })
})

describe('iteration', () => {
  it('gives each event in order and ends with what until waits for', async () => {
    const server = await serve(stream('data: a\n\ndata: b\n\ndata: [DONE]\n\ndata: c\n\n'))
    const got: string[] = []
    for await (const event of new EventStream(server.url, { until: (e) => e.data === '[DONE]' })) got.push(event.data)
    expect(got).toEqual(['a', 'b', '[DONE]'])
  })

  it('goes on over a reconnect', async () => {
    const server = await serve(cutAfter(HELLO.length, HELLO), stream('id: 2\ndata: again\n\n'))
    const got: string[] = []
    for await (const event of new EventStream(server.url, { backoff: FAST })) {
      got.push(event.data)
      if (got.length === 2) break
    }
    expect(got).toEqual(['hello', 'again'])
  })

  it('leaving the loop closes the stream', async () => {
    const source = new EventStream((await serve(hello)).url)
    for await (const _ of source) break
    expect(source.readyState).toBe(2)
  })

  it('throws what ended it', async () => {
    const { url } = await serve(status(403))
    await expect(async () => {
      for await (const _ of new EventStream(url));
    }).rejects.toMatchObject({ kind: 'status', status: 403 })
  })

  it('ends quietly at 204, at the end of a POST, and at the end of a GET that is not to reconnect', async () => {
    for (const [answer, options] of [
      [status(204), {}],
      [ended(HELLO), { method: 'POST' }],
      [ended(HELLO), { maxRetries: 0 }],
    ] as const) {
      const { url } = await serve(answer)
      for await (const _ of new EventStream(url, options));
    }
  })

  it('a slow reader slows the connection, and loses nothing', async () => {
    const seed = Math.floor(Math.random() * 1e9)
    const total = 20_000
    let sent = 0
    const server = await serve((response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      const pump = () => {
        while (sent < total) if (!response.write(`id: ${++sent}\ndata: ${'x'.repeat(2_000)}\n\n`)) return
        response.end()
      }
      response.on('drain', pump)
      pump()
    })
    let n = 0
    let random = seed
    for await (const event of new EventStream(server.url, { maxRetries: 0 })) {
      expect(event.lastEventId, `seed ${seed}`).toBe(String(++n))
      // Ahead of the reader are at most the queue, and what sockets and fetch hold.
      expect(sent - n, `seed ${seed}`).toBeLessThan(12_000)
      random = (random * 1103515245 + 12345) % 2 ** 31
      if (random % 100 === 0) await new Promise(setImmediate)
    }
    expect(n).toBe(total)
  })
})
