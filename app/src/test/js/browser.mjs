// The development page in headless Chromium. Reads commands from stdin, one a line, and prints what the page shows after each:
//   state KEY VALUE   wait until the element #KEY contains VALUE
//   click ID          click the element
//   fill ID VALUE     fill the element
//   shot FILE SCHEME  take a picture in a light or dark scheme
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync'],
})
const page = await browser.newPage()
await page.goto(process.argv[2])
const show = () => page.evaluate(() => {
  const text = id => document.getElementById(id).textContent
  return { state: text('state'), resume: text('resume'), connects: text('connects'), proof: text('proof'), last: text('last') }
})
console.log(JSON.stringify(await show()))
for await (const line of createInterface({ input: process.stdin })) {
  const [verb, key, ...rest] = line.split(' ')
  const value = rest.join(' ')
  if (verb === 'state') {
    await page.waitForFunction(([id, want]) => document.getElementById(id).textContent.includes(want), [key, value], { timeout: 30000 })
  } else if (verb === 'click') {
    await page.click('#' + key)
  } else if (verb === 'fill') {
    await page.fill('#' + key, value)
  } else if (verb === 'submit') {
    await page.click('#' + key + ' button')
  } else if (verb === 'shot') {
    await page.emulateMedia({ colorScheme: value })
    await page.screenshot({ path: key, fullPage: true })
  }
  console.log(JSON.stringify(await show()))
}
await browser.close()
