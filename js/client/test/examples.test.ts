import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
import { hasChromium, launch } from './chromium.js'
import { FaultServer, status, stream } from './fault-server.js'
import { Front } from './front.js'

/* The code blocks of the guide, by the name after their language. */
const guide = readFileSync(new URL('../../../docs/client-js.md', import.meta.url), 'utf8')
const blocks = new Map(
  [...guide.matchAll(/```(tsx?) ([\w-]+)\n(.*?)```/gs)].map(([, language, name, code]) => [
    name!,
    { language, code: code! },
  ]),
)

const PRICES = 'event: price\nid: 1\ndata: {"symbol":"X","bid":7}\n\nevent: headline\ndata: up\n\n'
const ORDERS = 'event: gap\ndata: {"from":"a","to":"b","missed":3}\n\nid: 1\nevent: order\ndata: 5\n\n'
const CHAT = 'data: {"choices":[{"delta":{"content":"Salt"}}]}\n\ndata: [DONE]\n\n'

async function site() {
  const server = await FaultServer.start((response, seen, request) => {
    const { url, headers } = seen
    const answer = url.startsWith('/private')
      ? headers.authorization === 'Bearer fresh'
        ? stream('data: secret\n\n')
        : status(401)
      : stream(url.startsWith('/chat') ? CHAT : url.includes('orders') ? ORDERS : PRICES)
    answer(response, seen, request)
  })
  onTestFinished(() => server.refuse())
  return server
}

const src = fileURLToPath(new URL('../src', import.meta.url))
const alias = { tidewire: `${src}/index.ts`, 'tidewire/tokens': `${src}/tokens.ts` }

const shown: Record<string, string[]> = {
  listen: ['X 7', 'up'],
  'drop-in': ['1', '1 {"symbol":"X","bid":7}'],
  token: ['secret'],
  post: ['Salt', ''],
  reload: ['reload everything, 3 lost', '5'],
  shared: ['[object Object]'],
  decoder: ['message {"choices":[{"delta":{"content":"Salt"}}]}', 'message [DONE]'],
}

it('each example of the guide is known here', () => {
  expect([...blocks.keys()].sort()).toEqual([...Object.keys(shown), 'prices', 'chat'].sort())
  for (const { code } of blocks.values()) expect(code.split('\n').length).toBeLessThan(14)
})

it('the README shows the first of them', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${blocks.get('listen')!.code}\`\`\``)
})

it.each(Object.keys(shown))('the example %s shows what it says', async (name) => {
  const server = await site()
  const { code } = blocks.get(name)!
  const bundle = await build({
    stdin: { contents: `${code}\n${close(code)}`, loader: 'ts', resolveDir: src },
    bundle: true,
    write: false,
    format: 'esm',
    alias,
  })
  const kept = new Map<string, string>()
  const lines: string[] = []
  const stops: (() => void)[] = []
  const done = new Promise<void>((resolve) => {
    Object.assign(globalThis, {
      location: { href: server.url },
      localStorage: { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) },
      token: async ({ fresh }: { fresh: boolean }) => (fresh ? 'fresh' : 'old'),
      onExampleEnd: (stop: () => void) => stops.push(stop),
      show: (...words: unknown[]) => {
        // The 401 in between is shown by none of them.
        lines.push(words.join(' '))
        if (lines.length === shown[name]!.length) resolve()
      },
    })
  })
  onTestFinished(() => {
    for (const stop of stops) stop()
    for (const key of ['location', 'localStorage', 'token', 'onExampleEnd', 'show'])
      Reflect.deleteProperty(globalThis, key)
  })
  // Not awaited: those that read a stream to its end wait for it.
  const running: Promise<unknown> = import(`data:text/javascript,${encodeURIComponent(bundle.outputFiles[0]!.text)}`)
  await done
  expect(lines).toEqual(shown[name])
  for (const stop of stops) stop()
  await server.refuse()
  await running.catch(() => {})
})

/** What ends an example; where it loops, that comes first. */
function close(code: string): string {
  const name = /const (stream|source) = new/.exec(code)?.[1]
  return name && !code.includes('for await') ? `onExampleEnd(() => ${name}.close())` : ''
}

it.skipIf(!hasChromium)('the React examples render', async () => {
  const server = await site()
  const blocksOf = (name: string) => blocks.get(name)!.code
  const code = `${blocksOf('prices')}\n${blocksOf('chat')}
    import { createRoot } from 'react-dom/client'
    createRoot(document.getElementById('root')!).render(<><Prices /><Chat /></>)`
  const front = await Front.start(() => server.port, { code })
  const browser = await launch()
  onTestFinished(async () => {
    await browser.close()
    await front.close()
  })
  const page = await browser.newPage()
  await page.goto(`${front.url}/page`)
  await page.waitForFunction(() => document.querySelector('ul.open li')?.textContent === '7')
  await page.click('button')
  await page.waitForFunction(() => document.querySelector('p.done')?.textContent === 'Salt')
})
