import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { against } from './against'

let directory = ''

against(
  async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidewire-conformance-'))
    return ['--data', directory]
  },
  () => rm(directory, { recursive: true, force: true }),
)
