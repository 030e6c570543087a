// Starts all there is to it: a stand-in for a model, the hub in front of it, and the page.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const tidewire = fileURLToPath(new URL('../../tidewire', import.meta.url))
const upstream = process.env.UPSTREAM ?? 'http://127.0.0.1:8090'
const hub = 'http://127.0.0.1:8080'

const children = []
function run(...args) {
  const child = spawn(tidewire, args, { stdio: 'inherit' })
  child.on('exit', (code) => {
    if (code) process.exit(code)
  })
  children.push(child)
}
process.on('exit', () => {
  for (const child of children) child.kill()
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))

async function answers(url) {
  for (let tries = 0; tries < 1200; tries++) {
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not up yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not answer`)
}

if (!process.env.UPSTREAM) {
  run('model', '--port', '8090', '--rate', '30')
  await answers(`${upstream}/stats`)
}
run('serve', '--dev', '--upstream', `local=${upstream}`)
await answers(`${hub}/ready`)

process.env.HUB = hub
const page = await createServer({ root: fileURLToPath(new URL('.', import.meta.url)) })
await page.listen(5173)
console.log('\nThe chat is at http://localhost:5173/\n')
