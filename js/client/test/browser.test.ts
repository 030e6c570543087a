import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasChromium, launch } from './chromium.js'
import { type Answer, ended, FaultServer, status, stream } from './fault-server.js'
import { Front } from './front.js'
import { Hub } from './hub.js'
import type { PageOptions } from './pages/plain.js'

describe.skipIf(!hasChromium)('in Chromium, with a hub', () => {
  let hub: Hub
  let browser: Browser

  beforeAll(async () => {
    hub = await Hub.start('--retry=50ms', '--keep-alive=200ms', '--drain=100ms')
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await hub?.kill()
  })

  async function site() {
    const started = await Front.start(() => hub.port, './pages/plain.ts')
    onTestFinished(() => started.close())
    return started
  }

  async function tabs(): Promise<BrowserContext> {
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    return context
  }

  async function tab(context: BrowserContext, front: Front): Promise<Page> {
    const page = await context.newPage()
    await page.goto(`${front.url}/page`)
    await page.waitForFunction(() => 'tidewire' in globalThis)
    return page
  }

  const open = (page: Page, name: string, url: string, options: PageOptions = {}) =>
    page.evaluate(([n, u, o]) => tidewire.open(n, u, o), [name, url, options] as const)
  const data = (page: Page, name: string) => page.evaluate((n) => tidewire.streams[n]!.kept.data.map(Number), name)
  const log = (page: Page, name: string) => page.evaluate((n) => tidewire.streams[n]!.kept.log, name)
  const has = (page: Page, name: string, entry: string) =>
    page.waitForFunction(([n, e]) => tidewire.streams[n]!.kept.log.includes(e), [name, entry] as const)
  const count = (page: Page, name: string, n: number) =>
    page.waitForFunction(([k, c]) => tidewire.streams[k]!.kept.data.length >= c, [name, n] as const)
  const upTo = (n: number, from = 0) => Array.from({ length: n - from }, (_, i) => from + i)

  async function publish(topic: string, from: number, to: number) {
    for (let i = from; i < to; i++) await hub.publish(topic, String(i), 'n')
  }

  it('network cuts: everything once and in order', async () => {
    const front = await site()
    const page = await tab(await tabs(), front)
    await open(page, 's', '/events?topic=cut')
    await has(page, 's', 'connected')
    for (let round = 0; round < 3; round++) {
      await publish('cut', round * 10, round * 10 + 5)
      await count(page, 's', round * 10 + 5)
      front.cut()
      await publish('cut', round * 10 + 5, round * 10 + 10)
      front.mend()
    }
    await count(page, 's', 30)
    expect(await data(page, 's')).toEqual(upTo(30))
  })

  it('the browser offline and online again: everything once and in order', async () => {
    const context = await tabs()
    const page = await tab(context, await site())
    await open(page, 's', '/events?topic=offline')
    await has(page, 's', 'connected')
    await publish('offline', 0, 1)
    await count(page, 's', 1)
    await context.setOffline(true)
    await publish('offline', 1, 5)
    await context.setOffline(false)
    await count(page, 's', 5)
    expect(await data(page, 's')).toEqual(upTo(5))
  })

  it('a server that restarts: back by itself, with a gap told', async () => {
    const page = await tab(await tabs(), await site())
    await open(page, 's', '/events?topic=restart')
    await has(page, 's', 'connected')
    await publish('restart', 0, 1)
    await count(page, 's', 1)
    await hub.kill()
    await hub.launch()
    await has(page, 's', 'gap')
    await publish('restart', 1, 2)
    await count(page, 's', 2)
    expect(await data(page, 's')).toEqual([0, 1])
  })

  it('a tab that sleeps, longer than the watchdog waits: goes on where it was', async () => {
    const front = await site()
    const context = await tabs()
    const page = await tab(context, front)
    await open(page, 's', '/events?topic=sleep')
    await has(page, 's', 'connected')
    await publish('sleep', 0, 1)
    await count(page, 's', 1)
    const cdp = await context.newCDPSession(page)
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
    // Another tab measures the time: its stream hears more keep-alives than the watchdog would do without.
    const other = await tab(context, front)
    await open(other, 's', '/events?topic=sleep&heartbeat=event')
    await publish('sleep', 1, 10)
    await other.waitForFunction(() => tidewire.streams.s!.kept.log.filter((e) => e === 'heartbeat').length >= 10)
    await cdp.send('Page.setWebLifecycleState', { state: 'active' })
    await count(page, 's', 10)
    expect(await data(page, 's')).toEqual(upTo(10))
  })

  it('a hidden page lets go if asked, and goes on when it is shown', async () => {
    const front = await site()
    const page = await tab(await tabs(), front)
    const show = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    for (const shared of [false, true]) {
      const topic = `hidden-${shared}`
      await open(page, topic, `/events?topic=${topic}`, { pauseWhenHidden: true, shared })
      await has(page, topic, 'connected')
      await publish(topic, 0, 1)
      await count(page, topic, 1)
      const before = front.asked.length
      await show(true)
      await expect.poll(() => front.open).toBe(0)
      await publish(topic, 1, 5)
      expect(front.asked).toHaveLength(before)
      await show(false)
      await count(page, topic, 5)
      expect(await data(page, topic)).toEqual(upTo(5))
      expect((await log(page, topic)).filter((e) => e.startsWith('retry'))).toEqual([])
      await page.evaluate((name) => tidewire.streams[name]!.stream.close(), topic)
    }
  })

  it('a reload goes on after the id kept in storage', async () => {
    const page = await tab(await tabs(), await site())
    await open(page, 's', '/events?topic=reload', { keep: true })
    await has(page, 's', 'connected')
    await publish('reload', 0, 2)
    await count(page, 's', 2)
    await page.goto('about:blank')
    await publish('reload', 2, 5)
    await page.goBack()
    await page.waitForFunction(() => 'tidewire' in globalThis)
    await open(page, 's', '/events?topic=reload', { keep: true })
    await count(page, 's', 3)
    expect(await data(page, 's')).toEqual([2, 3, 4])
  })

  it('works in a worker', async () => {
    const front = await site()
    const page = await tab(await tabs(), front)
    const heard = page.evaluate(
      () =>
        new Promise((resolve) => {
          const code = `import '${location.origin}/script.js'
            const stream = new tidewire.EventStream('${location.origin}/events?topic=worker')
            for await (const event of stream) postMessage(event.type)`
          const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
          new Worker(url, { type: 'module' }).onmessage = ({ data }) => resolve(data)
        }),
    )
    expect(await heard).toBe('connected')
  })

  it.each(['index.js', 'tidewire.min.js'])('the built %s works from a plain script element', async (file) => {
    const front = await site()
    const page = await tab(await tabs(), front)
    await page.addScriptTag({
      type: 'module',
      content: `import { EventSource } from '/dist/${file}'
        new EventSource('/events?topic=plain').addEventListener('connected', () => { document.title = 'connected' })`,
    })
    await page.waitForFunction(() => document.title === 'connected')
  })

  describe('tabs that share', () => {
    const leads = (page: Page) => page.evaluate(() => tidewire.streams.s!.stream.isLeader)

    it('have one connection, and each gets everything', async () => {
      const front = await site()
      const context = await tabs()
      const pages = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(() => tab(context, front)))
      for (const page of pages) await open(page, 's', '/events?topic=eight', { shared: true })
      for (const page of pages) await has(page, 's', 'open')
      await publish('eight', 0, 20)
      for (const page of pages) await count(page, 's', 20)
      for (const page of pages) expect(await data(page, 's')).toEqual(upTo(20))
      expect(front.asked).toHaveLength(1)
      expect((await Promise.all(pages.map(leads))).filter(Boolean)).toHaveLength(1)
    })

    it.each(['close', 'crash', 'leave', 'stop'])('the leader dies by %s: nothing lost, nothing twice', async (way) => {
      const front = await site()
      const context = await tabs()
      const topic = `dies-${way}`
      const pages: Page[] = []
      for (let i = 0; i < 4; i++) {
        const page = await tab(context, front)
        await open(page, 's', `/events?topic=${topic}`, { shared: true })
        await has(page, 's', 'open')
        pages.push(page)
      }
      let n = 0
      while (pages.length > 1) {
        // Publishing goes on while the leader dies.
        const publishing = publish(topic, n, n + 60)
        n += 60
        const at = (await Promise.all(pages.map(leads))).indexOf(true)
        const [leader] = pages.splice(at, 1)
        await count(leader!, 's', n - 55)
        if (way === 'close') await leader!.close()
        else if (way === 'leave') await leader!.goto('about:blank')
        else if (way === 'stop') await leader!.evaluate(() => tidewire.streams.s!.stream.close())
        else {
          const cdp = await context.newCDPSession(leader!)
          const crashed = new Promise((resolve) => leader!.once('crash', resolve))
          cdp.send('Page.crash').catch(() => {})
          await crashed
        }
        await publishing
        for (const page of pages) await count(page, 's', n)
        for (const page of pages) expect(await data(page, 's')).toEqual(upTo(n))
        await expect.poll(async () => (await Promise.all(pages.map(leads))).filter(Boolean).length).toBe(1)
        await expect.poll(() => front.open).toBe(1)
      }
    })

    it('keep apart what has another name', async () => {
      const front = await site()
      const context = await tabs()
      const pages = [await tab(context, front), await tab(context, front)]
      for (const [i, page] of pages.entries()) await open(page, 's', '/events?topic=two', { shared: `user ${i}` })
      for (const page of pages) await has(page, 's', 'open')
      expect(front.asked).toHaveLength(2)
    })

    it('end together where the server wants no more', async () => {
      const server = await FaultServer.start(stream('data: x\n\n'))
      const front = await Front.start(() => server.port, './pages/plain.ts')
      onTestFinished(async () => {
        await front.close()
        await server.refuse()
      })
      const context = await tabs()
      const pages = [await tab(context, front), await tab(context, front)]
      for (const page of pages) {
        await open(page, 's', '/events', { shared: true })
        await has(page, 's', 'open')
      }
      server.script(status(204))
      front.cut()
      front.mend()
      for (const page of pages) await has(page, 's', 'end stopped')
    })
  })

  describe('the drop-in does as the browser does', () => {
    let front: Front
    let server: FaultServer
    let page: Page
    beforeAll(async () => {
      server = await FaultServer.start(status(204))
      front = await Front.start(() => server.port, './pages/plain.ts')
      page = await browser.newPage()
      await page.goto(`${front.url}/page`)
    })
    afterAll(async () => {
      await page?.close()
      await front?.close()
      await server?.refuse()
    })

    const FIRST = 'retry: 10\nid: 1\ndata: a\n\n'
    const LAST = 'event: end\ndata: x\n\n'
    it.each<[string, ...Answer[]]>([
      [
        'events of all kinds',
        stream(`\uFEFF: c\nid: 1\ndata: a\ndata: b\n\nevent: named\ndata\n\nid\ndata:  c\n\n\nid: 3\n\n${LAST}`),
      ],
      ['a proper end', ended(FIRST), stream(LAST)],
      ['an end in an event', ended(`${FIRST}id: 2\ndata: lost`), stream(LAST)],
      ['an id carried over', ended(FIRST), stream(`data: b\n\n${LAST}`)],
      ['204', status(204)],
      ['204 at the reconnect', ended(FIRST), status(204)],
      ['404', status(404)],
      ['500 at the reconnect', ended(FIRST), status(500)],
      ['503 with Retry-After', status(503, { 'Retry-After': '0' })],
      ['another type', status(200, { 'Content-Type': 'application/json' }, '{}')],
      ['a type with parameters', stream(LAST, { 'Content-Type': 'text/event-stream; charset=utf-8' })],
      [
        'a redirect',
        (response, seen, request) =>
          status(307, { Location: `/other?${seen.url.split('?')[1]}` })(response, seen, request),
        stream(`data: a\n\n${LAST}`),
      ],
    ])('%s', async (_, ...answers) => {
      // Each of the two walks through the answers by itself.
      const turn = { ours: 0, theirs: 0 }
      const ids: Record<string, unknown[]> = { ours: [], theirs: [] }
      server.script((response, seen, request) => {
        const who = seen.url.endsWith('?ours') ? 'ours' : 'theirs'
        ids[who]!.push(seen.headers['last-event-id'])
        answers[Math.min(turn[who]++, answers.length - 1)]!(response, seen, request)
      })
      const [theirs, ours] = await page.evaluate(() => tidewire.compare('/stream'))
      expect(ours).toEqual(theirs)
      expect(ids.ours).toEqual(ids.theirs)
      expect(theirs!.at(-1)).toBe('closed 2')
    })
  })
})
