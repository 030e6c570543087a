import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const jar = fileURLToPath(new URL('../../../app/target/tidewire.jar', import.meta.url))

export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Runs a command of the packaged jar until `end()`; resolves when it says that it is there. */
export async function run(ready, ...args) {
  if (!existsSync(jar)) throw new Error(`${jar} is missing; ./mvnw -DskipTests -pl app -am package`)
  const java = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java'
  const options = ['--enable-native-access=ALL-UNNAMED', '-Xmx256m', '-XX:+UseSerialGC', '-jar', jar]
  const started = spawn(java, [...options, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const end = () =>
    new Promise((resolve) => {
      if (started.exitCode !== null || started.signalCode) return resolve()
      started.once('exit', resolve)
      started.kill('SIGTERM')
    })
  for await (const line of createInterface({ input: started.stdout })) {
    if (line.includes(ready)) {
      started.stdout.resume()
      return { end }
    }
  }
  throw new Error(`${args[0]} did not come up`)
}
