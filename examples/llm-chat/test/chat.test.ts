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

  async function ask(page: Page): Promise<void> {
    await page.fill('textarea', QUESTION)
    await page.keyboard.press('Enter')
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
      await ask(page)
      await grows(page, 10)
      expect((await text(page)).length).toBeLessThan(answer.length)
      await page.waitForSelector('main[data-state="done"]')
      expect(await length(page)).toBeGreaterThan(10)
      if (model === 'OpenAI chat') expect(await text(page)).toBe(answer)
    },
  )

  it('goes on over 20 reloads, and the model is asked once', async () => {
    const page = await open()
    const before = (await site.stats()).requests
    await ask(page)
    let seen = 0
    for (let reload = 0; reload < 20; reload++) {
      await grows(page, seen)
      seen = await length(page)
      await page.reload()
      if ((await page.locator('main[data-state="streaming"]').count()) === 0) {
        expect(reload, 'reloads in the middle of the answer').toBeGreaterThan(18)
      }
    }
    await isDone(page)
    await expect.poll(() => text(page), { timeout: 60_000 }).toBe(answer)
    expect((await site.stats()).requests - before).toBe(1)
  })

  it('stops the model at once, and the text stays', async () => {
    const page = await open()
    const before = await site.stats()
    await ask(page)
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
    await ask(page)
    await grows(page, 40)
    const [other] = await Promise.all([page.context().waitForEvent('page'), page.click('.share a')])
    onTestFinished(() => other.close())
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
