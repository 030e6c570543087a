import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const jar = fileURLToPath(new URL('../../../app/target/tidewire.jar', import.meta.url))

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** The packaged hub as a process of its own. */
export class Hub {
  #process: ChildProcess | undefined

  private constructor(
    readonly port: number,
    readonly settings: string[],
  ) {}

  static async start(...settings: string[]): Promise<Hub> {
    if (!existsSync(jar)) throw new Error(`${jar} is missing; ./mvnw -DskipTests -pl app -am package`)
    const hub = new Hub(await freePort(), settings)
    await hub.launch()
    return hub
  }

  async launch(): Promise<void> {
    const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java'
    const options = ['--enable-native-access=ALL-UNNAMED', '-Xmx256m', '-XX:+UseSerialGC', '-jar', jar]
    const started = spawn(
      java,
      [...options, 'serve', '--auth-anonymous-publish', '--port', String(this.port), ...this.settings],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    this.#process = started
    for await (const line of createInterface({ input: started.stdout! })) {
      if (line.includes('Tidewire is ready')) {
        started.stdout!.resume()
        return
      }
    }
    throw new Error('the hub did not come up')
  }

  /** `kill -9`: nobody is told. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Asks it to end: it tells its clients. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const ending = this.#process
    if (!ending || ending.exitCode !== null || ending.signalCode) return Promise.resolve()
    return new Promise((resolve) => {
      ending.once('exit', () => resolve())
      ending.kill(signal)
    })
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`
  }

  /** Publishes; {@return the event's id}. */
  async publish(topic: string, data: string, event?: string): Promise<string> {
    const name = event === undefined ? '' : `&event=${event}`
    const answer = await fetch(this.url(`/events?topic=${topic}${name}`), {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: data,
    })
    if (!answer.ok) throw new Error(`publish: ${answer.status} ${await answer.text()}`)
    return ((await answer.json()) as { id: string }).id
  }

  /** How many streams are open. */
  async connections(): Promise<number> {
    const answer = (await (await fetch(this.url('/connections'))).json()) as { connections?: unknown[] } | unknown[]
    return Array.isArray(answer) ? answer.length : (answer.connections ?? []).length
  }
}
