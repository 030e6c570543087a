import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))
const modules = join(home, 'node_modules')

/** A project that uses the package as installed; {@return what the command said} */
function inProject(files: Record<string, string>, command: string, ...args: string[]): string {
  const project = mkdtempSync(join(tmpdir(), 'tidewire-'))
  onTestFinished(() => rmSync(project, { recursive: true }))
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true })
  symlinkSync(home, join(project, 'node_modules/tidewire'))
  for (const name of ['@types/node', 'undici-types'])
    symlinkSync(join(modules, name), join(project, 'node_modules', name))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text)
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: project, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
  return stdout
}

const tsc = join(modules, '.bin/tsc')
const STRICT = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
const USE = `
  import { EventSource, EventStream, StreamError } from 'tidewire'
  const stream = new EventStream('http://localhost/')
  stream.onerror = ({ error, retryInMillis }) => console.log(error.kind, error.status, retryInMillis)
  stream.addEventListener('price', (event: MessageEvent) => event.data)
  const off: () => void = stream.on<{ bid: number }>('price', ({ bid }, event) => bid + event.data.length)
  const why: StreamError | undefined = stream.lastError
  for await (const event of stream) event.lastEventId.length
`

it('its types work with the DOM, where the drop-in is an EventSource', () => {
  const dropIn = `${USE}\n const source: globalThis.EventSource = new EventSource('/')`
  inProject({ 'a.mts': dropIn }, tsc, ...STRICT, '--lib', 'es2022,dom', '--types', '', 'a.mts')
})

it('its types work in Node without the DOM', () => {
  inProject({ 'a.mts': USE }, tsc, ...STRICT, '--lib', 'es2022', '--types', 'node', 'a.mts')
})

it('it can be imported as installed', () => {
  const code = "import { EventStream } from 'tidewire'; console.log(EventStream.CLOSED)"
  expect(inProject({ 'a.mjs': code }, process.execPath, 'a.mjs')).toBe('2\n')
})

it('it holds what it needs, and no more', () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const { stdout } = spawnSync('npm', args, { cwd: home, encoding: 'utf8' })
  const packed = JSON.parse(stdout)
  const [{ files, size }] = Array.isArray(packed) ? packed : (Object.values(packed) as [never])
  const names = (files as { path: string }[]).map((file) => file.path)
  for (const name of [
    'LICENSE',
    'README.md',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/react.js',
    'dist/tidewire.min.js',
  ]) {
    expect(names).toContain(name)
  }
  expect(names.filter((name) => !/^(dist|src)\/|^(LICENSE|README.md|package.json)$/.test(name))).toEqual([])
  expect(size).toBeLessThan(80_000)
})
