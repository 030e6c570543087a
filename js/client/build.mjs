// dist/: modules with types as tsc makes them, and the core as one small file for a plain <script type="module">.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'

rmSync('dist', { recursive: true, force: true })
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status !== 0) process.exit(1)
await build({
  entryPoints: ['dist/index.js'],
  outfile: 'dist/tidewire.min.js',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
})
