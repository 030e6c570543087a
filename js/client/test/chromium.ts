import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Whether there is a browser to test in; where there must be one, its absence fails. */
export const hasChromium = existsSync(executablePath)

if (!hasChromium) {
  const message = `${executablePath} is missing; apt-get install chromium, or set CHROMIUM`
  if (process.env.CI === 'true') throw new Error(message)
  console.warn(`skipped: ${message}`)
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
