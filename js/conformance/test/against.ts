import { runConformanceTests } from '@durable-streams/server-conformance-tests'
import { afterAll, beforeAll } from 'vitest'
import { Hub } from '../../client/test/hub'

/** Runs the suite against a hub with these settings, and what it stores in. */
export function against(settings: () => Promise<string[]>, after: () => Promise<unknown> = async () => {}): void {
  const target = { baseUrl: '' }
  let hub: Hub | undefined

  beforeAll(async () => {
    hub = await Hub.start('--cors-origins', '*', ...(await settings()))
    target.baseUrl = hub.url('/streams')
  })

  afterAll(async () => {
    await hub?.stop()
    await after()
  })

  runConformanceTests(target)
}
