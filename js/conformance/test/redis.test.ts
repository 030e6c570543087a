import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { against } from './against'

let redis: ChildProcess

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })
}

/** Needs redis-server, and fails without. */
async function start(): Promise<number> {
  const port = await freePort()
  redis = spawn('redis-server', ['--port', `${port}`, '--save', '', '--bind', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const failed = new Promise<never>((_, reject) => redis.once('error', reject))
  const ready = (async () => {
    for await (const line of createInterface({ input: redis.stdout! })) {
      if (line.includes('Ready to accept connections')) break
    }
    redis.stdout!.resume()
  })()
  await Promise.race([ready, failed])
  return port
}

against(
  async () => ['--store', `redis://127.0.0.1:${await start()}`],
  async () => redis.kill('SIGKILL'),
)
