import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { hasChromium, launch } from './chromium.js'
import { type Answer, ended, FaultServer, status, stream } from './fault-server.js'
import { Front } from './front.js'
import { Hub } from './hub.js'

describe.skipIf(!hasChromium)('the hooks, on a page in strict mode', () => {
  let hub: Hub
  let browser: Browser
  beforeAll(async () => {
    hub = await Hub.start('--retry=50ms')
    browser = await launch()
  })
  afterAll(async () => {
    await browser?.close()
    await hub?.kill()
  })

  async function show(front: Front, query: Record<string, string>): Promise<Page> {
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(`${front.url}/page?${new URLSearchParams(query)}`)
    return page
  }

  async function site(port: () => number) {
    const front = await Front.start(port, './pages/react.tsx')
    onTestFinished(() => front.close())
    return front
  }

  const shows = (page: Page, id: string, text: string) =>
    page.waitForFunction(([i, t]) => document.getElementById(i)?.textContent === t, [id, text] as const)

  describe('useEventStream', () => {
    it('opens one connection, shows the newest items, and closes on unmount', async () => {
      const front = await site(() => hub.port)
      const page = await show(front, { events: '/events?topic=prices' })
      await shows(page, 'state', 'open')
      expect(front.asked).toHaveLength(1)
      for (let bid = 1; bid <= 5; bid++) await hub.publish('prices', JSON.stringify({ bid }), 'price')
      await shows(page, 'items', '3 4 5')
      await shows(page, 'heard', '5')
      await page.click('#clear')
      await shows(page, 'items', '')
      await page.click('#toggle')
      await expect.poll(() => front.open).toBe(0)
      expect(front.asked).toHaveLength(1)
    })

    it('goes on over a cut without loss, and tells the state', async () => {
      const front = await site(() => hub.port)
      const page = await show(front, { events: '/events?topic=cut' })
      await shows(page, 'state', 'open')
      front.cut()
      await shows(page, 'state', 'connecting')
      await shows(page, 'error', 'network')
      for (let bid = 1; bid <= 3; bid++) await hub.publish('cut', JSON.stringify({ bid }), 'price')
      front.mend()
      await shows(page, 'items', '1 2 3')
      await shows(page, 'error', '')
    })

    it('closes and reopens when told', async () => {
      const front = await site(() => hub.port)
      const page = await show(front, { events: '/events?topic=reopen' })
      await shows(page, 'state', 'open')
      await page.click('#close')
      await shows(page, 'state', 'closed')
      await expect.poll(() => front.open).toBe(0)
      await page.click('#reopen')
      await shows(page, 'state', 'open')
    })

    it('shows a gap, and why it ended', async () => {
      const server = await FaultServer.start(ended('retry: 1\nevent: gap\ndata: {}\n\n'), status(403))
      onTestFinished(() => server.refuse())
      const page = await show(await site(() => server.port), { events: '/events' })
      await shows(page, 'state', 'closed')
      await shows(page, 'gap', 'gap')
      await shows(page, 'error', 'status')
    })
  })

  describe('useTokenStream', () => {
    async function chat(...answers: Answer[]) {
      const server = await FaultServer.start(...answers)
      onTestFinished(() => server.refuse())
      const front = await site(() => server.port)
      const page = await show(front, { chat: '/chat', post: '' })
      return { server, front, page }
    }
    const token = (id: number, text: string) =>
      `id: ${id}\ndata: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`
    const PLACE = { 'Content-Location': '/answers/7' }
    const half = token(1, 'Salt ') + token(2, 'comes ')
    const rest = `${token(3, 'from rocks.')}data: [DONE]\n\n`

    it('asks once when told, and shows the answer', async () => {
      const { server, page } = await chat(stream(half + rest))
      await shows(page, 'chat', 'idle false ')
      await page.click('#start')
      await shows(page, 'chat', 'done true ')
      await shows(page, 'text', 'Salt comes from rocks.')
      expect(server.seen).toHaveLength(1)
      expect(server.seen[0]).toMatchObject({ method: 'POST', body: '{"prompt":"hi"}' })
      expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    })

    it('cut in the middle: goes on by GET, the question not asked again', async () => {
      const { server, page } = await chat(stream(`${half}id: 3\ndat`, PLACE), stream(rest))
      await page.click('#start')
      // a browser drops what it has not read yet when a connection is cut: then the client rightly asks from earlier
      await shows(page, 'text', 'Salt comes ')
      await shows(page, 'place', '/answers/7')
      server.cut()
      await shows(page, 'chat', 'done true ')
      await shows(page, 'text', 'Salt comes from rocks.')
      expect(server.seen.map((s) => `${s.method} ${s.url} ${s.headers['last-event-id']}`)).toEqual([
        'POST /chat undefined',
        'GET /answers/7 2',
      ])
    })

    it('reloaded twice in the middle: shows what it had and goes on, the question not asked again', async () => {
      const { server, page } = await chat(
        stream(half, PLACE),
        stream(token(3, 'from ')),
        stream(`${token(4, 'rocks.')}data: [DONE]\n\n`),
      )
      await page.click('#start')
      await shows(page, 'text', 'Salt comes ')
      await page.reload()
      await shows(page, 'text', 'Salt comes from ')
      await page.reload()
      await shows(page, 'text', 'Salt comes from rocks.')
      await shows(page, 'chat', 'done true ')
      expect(server.seen.map((s) => `${s.method} ${s.url} ${s.headers['last-event-id']}`)).toEqual([
        'POST /chat undefined',
        'GET /answers/7 2',
        'GET /answers/7 3',
      ])
      await page.reload()
      await shows(page, 'chat', 'idle false ')
    })

    it('reloaded where no place to go on was named: shows what it had, and says so', async () => {
      const { server, page } = await chat(stream(half))
      await page.click('#start')
      await shows(page, 'text', 'Salt comes ')
      await page.reload()
      await shows(page, 'text', 'Salt comes ')
      await shows(page, 'chat', 'failed false not-repeated')
      expect(server.seen).toHaveLength(1)
    })

    it('stopped: the connection is closed, the text stays, the place is told', async () => {
      const { front, page } = await chat(stream(half, PLACE))
      await page.click('#start')
      await shows(page, 'text', 'Salt comes ')
      await page.click('#stop')
      await shows(page, 'chat', 'stopped false ')
      await shows(page, 'text', 'Salt comes ')
      expect(await page.title()).toBe('stopped /answers/7')
      await expect.poll(() => front.open).toBe(0)
    })

    it('an error of the model, and of the server', async () => {
      const { page, server } = await chat(stream(`${token(1, 'Salt')}data: {"error":{"message":"overloaded"}}\n\n`))
      await page.click('#start')
      await shows(page, 'chat', 'failed false upstream')
      server.script(status(503))
      await page.click('#start')
      await shows(page, 'chat', 'failed false not-repeated')
      await shows(page, 'text', '')
    })

    it('unmounted: the connection is closed', async () => {
      const { front, page } = await chat(stream(half, PLACE))
      await page.click('#start')
      await shows(page, 'text', 'Salt comes ')
      await page.click('#toggle')
      await expect.poll(() => front.open).toBe(0)
    })

    it('tokens of a topic of a hub: a GET starts by itself, and a reload goes on', async () => {
      const front = await site(() => hub.port)
      const page = await show(front, { chat: '/events?topic=answers/1' })
      await shows(page, 'chat', 'streaming false ')
      await expect.poll(() => front.open).toBe(1)
      await hub.publish('answers/1', 'Salt ', 'message')
      await shows(page, 'text', 'Salt ')
      await page.goto('about:blank')
      await hub.publish('answers/1', 'and water', 'message')
      await hub.publish('answers/1', '[DONE]', 'message')
      await page.goBack()
      await shows(page, 'text', 'Salt and water')
      await shows(page, 'chat', 'done true ')
    })
  })
})
