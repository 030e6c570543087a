import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { Site } from './site.js'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const hasChromium = existsSync(executablePath)
if (!hasChromium) {
  const message = `${executablePath} is missing; apt-get install chromium, or set CHROMIUM`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(`skipped: ${message}`)
}

describe.skipIf(!hasChromium)('the chat', () => {
  let site: Site
  let browser: Browser
  let answer: string
  const QUESTION = 'Why is the sea salty?'

  beforeAll(async () => {
    site = await Site.start(40)
    answer = await site.answerTo(QUESTION)
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run'] })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  async function open(): Promise<Page> {
    const page = await browser.newPage()
    page.on('pageerror', (error) => console.error(error))
    onTestFinished(() => page.close())
    await page.goto(site.url)
    return page
  }

  /** Asks; the model holds after so many tokens until it is released, however slow the machine is. */
  async function ask(page: Page, holdAfter?: number): Promise<void> {
    if (holdAfter !== undefined) {
      await page.route('**/llm/local/**', (route) =>
        route.continue({ headers: { ...route.request().headers(), 'x-stand-in': `fault=stall@${holdAfter}` } }),
      )
    }
    await page.fill('textarea', QUESTION)
    await page.keyboard.press('Enter')
  }

  /** Lets the model go on, once it holds, to its end. */
  async function finish(page: Page): Promise<void> {
    await expect
      .poll(
        async () => {
          await site.release()
          return page.locator('main').getAttribute('data-state')
        },
        { timeout: 60_000 },
      )
      .toBe('done')
  }

  const text = (page: Page) => page.locator('li.assistant p').last().innerText()
  const length = (page: Page) =>
    page.evaluate(() => document.querySelector('li.assistant:last-child p')?.textContent?.length ?? 0)

  async function grows(page: Page, beyond: number): Promise<void> {
    await page.waitForFunction(
      (n) => (document.querySelector('li.assistant:last-child p')?.textContent?.length ?? 0) > n,
      beyond,
    )
  }

  const isDone = (page: Page) => page.waitForSelector('main[data-state="done"], main[data-state="idle"]')

  it.each(['OpenAI chat', 'OpenAI Responses', 'Anthropic Messages'])(
    'shows the answer as it comes: %s',
    async (model) => {
      const page = await open()
      await page.selectOption('select', model)
      await ask(page, 20)
      await grows(page, 10)
      expect((await text(page)).length).toBeLessThan(answer.length)
      expect(await page.locator('main').getAttribute('data-state')).toBe('streaming')
      await finish(page)
      const all = await text(page)
      if (model === 'Anthropic Messages') expect(all.startsWith(answer)).toBe(true)
      else expect(all).toBe(answer)
    },
  )

  it('goes on over 20 reloads, and the model is asked once', async () => {
    const page = await open()
    const before = (await site.stats()).requests
    await ask(page, 120)
    await grows(page, 0)
    for (let reload = 0; reload < 20; reload++) {
      const seen = await length(page)
      await page.reload()
      await grows(page, seen - 1)
      expect(await page.locator('main').getAttribute('data-state')).toBe('streaming')
    }
    await finish(page)
    expect(await text(page)).toBe(answer)
    expect((await site.stats()).requests - before).toBe(1)
  })

  it('stops the model at once, and the text stays', async () => {
    const page = await open()
    const before = await site.stats()
    await ask(page, 40)
    await grows(page, 10)
    await page.click('#stop')
    await page.waitForSelector('main[data-state="stopped"]')
    await expect.poll(async () => (await site.stats()).cancelled).toBe(before.cancelled + 1)
    const kept = await text(page)
    expect(answer.startsWith(kept)).toBe(true)
    expect(kept.length).toBeLessThan(answer.length)
    await page.reload()
    expect(await text(page)).toBe(kept)
  })

  it('another tab watches the same answer from its beginning', async () => {
    const page = await open()
    const before = (await site.stats()).requests
    await ask(page, 40)
    await grows(page, 40)
    const [other] = await Promise.all([page.context().waitForEvent('page'), page.click('.share a')])
    onTestFinished(() => other.close())
    await grows(other, 40)
    await finish(page)
    await Promise.all([isDone(page), other.waitForSelector('main[data-state="done"]')])
    expect(await text(other)).toBe(answer)
    expect(await text(page)).toBe(answer)
    expect((await site.stats()).requests - before).toBe(1)
  })

  it('goes on without anybody, and is there when they come back', async () => {
    const page = await open()
    await ask(page)
    await grows(page, 10)
    const home = page.url()
    await page.goto('about:blank')
    await expect.poll(async () => (await site.stats()).open, { timeout: 60_000 }).toBe(0)
    await page.goto(home)
    await expect.poll(() => text(page)).toBe(answer)
  })
})
