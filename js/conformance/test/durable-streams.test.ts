import { runConformanceTests } from '@durable-streams/server-conformance-tests'
import { afterAll, beforeAll } from 'vitest'
import { Hub } from '../../client/test/hub'

const target = { baseUrl: '' }
let hub: Hub | undefined

beforeAll(async () => {
  hub = await Hub.start('--cors-origins', '*')
  target.baseUrl = hub.url('/streams')
})

afterAll(() => hub?.stop())

runConformanceTests(target)
