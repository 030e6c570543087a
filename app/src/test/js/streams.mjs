// A page in headless Chromium with many EventSource streams on one origin. Arguments: URL, number of streams, and flags for Chromium.
// Prints a line of JSON when all are connected; for each line on stdin it publishes that text by fetch from the page, waits until every stream
// has it, and prints how many have, how long the slowest took, and over which protocols the page's requests went.
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const [url, count, ...flags] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', ...flags],
})
const context = await browser.newContext({ ignoreHTTPSErrors: flags.includes('--ignore-certificate-errors') })
const page = await context.newPage()
await page.goto(url + '/health')
await page.evaluate(n => {
  window.connected = 0
  window.errors = 0
  window.seen = Array.from({ length: n }, () => [])
  window.sources = window.seen.map((list, i) => {
    const source = new EventSource('/events?topic=all&n=' + i)
    source.addEventListener('connected', () => window.connected++)
    source.onmessage = event => list.push(event.data)
    source.onerror = () => window.errors++
    return source
  })
}, Number(count))
await page.waitForFunction(n => window.connected === n, Number(count), { timeout: 50000 })
const show = async more => console.log(JSON.stringify({ ...await page.evaluate(() => ({
  connected: window.connected, errors: window.errors,
  protocols: [...new Set(performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).map(e => e.nextHopProtocol))].filter(p => p),
})), ...more }))
await show({})
for await (const line of createInterface({ input: process.stdin })) {
  const status = await page.evaluate(async text => (await fetch('/events?topic=all', {
    method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: text })).status, line)
  await page.waitForFunction(text => window.seen.every(list => list.includes(text)), line, { timeout: 50000 })
  const twice = await page.evaluate(() => window.seen.filter(list => new Set(list).size !== list.length).length)
  await show({ status, received: Number(count), twice })
}
await browser.close()
