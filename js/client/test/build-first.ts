import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Some tests use what users get: dist/. */
export default function buildFirst(): void {
  const home = fileURLToPath(new URL('..', import.meta.url))
  const { status } = spawnSync(process.execPath, ['build.mjs'], { cwd: home, stdio: 'inherit' })
  if (status !== 0) throw new Error('the build failed')
}
