import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build, type PreviewServer, preview } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))
const jar = fileURLToPath(new URL('../../../app/target/tidewire.jar', import.meta.url))

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

/** What the stand-in for a model counted. */
export interface Stats {
  requests: number
  open: number
  cancelled: number
}

/** All there is to the example: the model's stand-in, the hub, and the built page behind a proxy. */
export class Site {
  readonly #processes: ChildProcess[] = []
  #page: PreviewServer | undefined
  #model = 0

  static async start(rate: number): Promise<Site> {
    if (!existsSync(jar)) throw new Error(`${jar} is missing; ./mvnw -DskipTests -pl app -am package`)
    const site = new Site()
    site.#model = await freePort()
    const hub = await freePort()
    await site.#run(['model', '--port', String(site.#model), '--rate', String(rate)], () => site.stats())
    await site.#run(
      ['serve', '--dev', '--port', String(hub), '--upstream', `local=http://127.0.0.1:${site.#model}`],
      () => fetch(`http://127.0.0.1:${hub}/ready`),
    )
    process.env.NODE_ENV = 'production' // not Vitest's
    await build({ root, logLevel: 'warn' })
    const proxy = { '/llm': `http://127.0.0.1:${hub}` }
    site.#page = await preview({ root, logLevel: 'warn', preview: { port: await freePort(), strictPort: true, proxy } })
    return site
  }

  async #run(args: string[], answers: () => Promise<unknown>): Promise<void> {
    const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java'
    const options = ['--enable-native-access=ALL-UNNAMED', '-Xmx256m', '-XX:+UseSerialGC', '-jar', jar]
    const started = spawn(java, [...options, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#processes.push(started)
    const said: string[] = []
    createInterface({ input: started.stdout! }).on('line', (line) => said.push(line))
    while (true) {
      if (started.exitCode !== null) throw new Error(`${args.join(' ')} ended: ${said.join('\n')}`)
      try {
        await answers()
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  get url(): string {
    return this.#page!.resolvedUrls!.local[0]!
  }

  async stats(): Promise<Stats> {
    return (await (await fetch(`http://127.0.0.1:${this.#model}/stats`)).json()) as Stats
  }

  /** Lets the model go on where it was told to hold. */
  async release(): Promise<void> {
    await fetch(`http://127.0.0.1:${this.#model}/release`, { method: 'POST' })
  }

  /** What the model itself says to a chat's question. */
  async answerTo(question: string): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.#model}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-stand-in': 'rate=0' },
      body: JSON.stringify({ model: 'stand-in', messages: [{ role: 'user', content: question }] }),
    })
    const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
    return choices[0]!.message.content
  }

  async close(): Promise<void> {
    await this.#page?.close()
    await Promise.all(
      this.#processes.map(
        (process) =>
          new Promise<void>((resolve) => {
            if (process.exitCode !== null) resolve()
            process.once('exit', () => resolve())
            process.kill('SIGKILL')
          }),
      ),
    )
  }
}
