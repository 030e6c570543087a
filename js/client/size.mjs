// What a user's page loads, minified and gzipped. The core has a limit; the rest is printed beside it.
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const LIMIT_BYTES = 6_000

async function sizeOf(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname ?? process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    external: ['react'],
  })
  const { contents } = outputFiles[0]
  return { bytes: contents.length, gzipped: gzipSync(contents, { level: 9 }).length }
}

const core = await sizeOf("export * from './dist/index.js'")
const print = (name, { bytes, gzipped }) => console.log(`${name.padEnd(32)} ${bytes} bytes, gzipped ${gzipped}`)
print('tidewire', core)
print('tidewire/react (with the core)', await sizeOf("export * from './dist/react.js'"))
print('tidewire/tokens', await sizeOf("export * from './dist/tokens.js'"))
print('EventDecoder alone', await sizeOf("export { EventDecoder } from './dist/index.js'"))
if (core.gzipped > LIMIT_BYTES) {
  console.error(`tidewire: ${core.gzipped} bytes gzipped (expected: at most ${LIMIT_BYTES})`)
  process.exit(1)
}
