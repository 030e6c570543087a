import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { EventStream, type EventStreamOptions } from '../src/index.js'
import { Front } from './front.js'
import { Hub } from './hub.js'
import { Recorder } from './recorder.js'

let hub: Hub
beforeAll(async () => {
  hub = await Hub.start('--retry=50ms', '--keep-alive=200ms', '--drain=100ms')
})
afterAll(() => hub?.kill())

function open(url: string, options: EventStreamOptions = {}) {
  const recorder = new Recorder(new EventStream(url, { backoff: { initialMillis: 10, maxMillis: 200 }, ...options }))
  onTestFinished(() => recorder.stream.close())
  return recorder
}

async function front() {
  const started = await Front.start(() => hub.port, './pages/plain.ts')
  onTestFinished(() => started.close())
  return started
}

const messages = (recorder: Recorder) => recorder.events.filter((e) => e.type === 'n').map((e) => Number(e.data))
const count = (recorder: Recorder, n: number) => recorder.until(() => messages(recorder).length >= n)
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

it('network cuts: everything once and in order', async () => {
  const site = await front()
  const recorder = open(`${site.url}/events?topic=cuts`)
  await recorder.has('open')
  let n = 0
  for (let round = 0; round < 5; round++) {
    await hub.publish('cuts', String(n++), 'n')
    await count(recorder, n)
    site.cut()
    for (let i = 0; i < 20; i++) await hub.publish('cuts', String(n++), 'n')
    site.mend()
    await count(recorder, n)
  }
  expect(messages(recorder)).toEqual(upTo(n))
  expect(recorder.events.filter((e) => e.type === 'connected').map((e) => JSON.parse(e.data).resume)).toEqual([
    'new',
    ...Array(5).fill('full'),
  ])
})

it('a stalled connection: the watchdog notices, and nothing is lost', async () => {
  const site = await front()
  const recorder = open(`${site.url}/events?topic=stall`)
  await hub.publish('stall', '0', 'n').then(() => recorder.until((log) => log.length > 1))
  site.stall()
  await hub.publish('stall', '1', 'n')
  await recorder.has('retry silent')
  site.mend()
  await recorder.until(() => messages(recorder).includes(1))
})

it('a graceful restart: told why, back by itself, told of the gap', async () => {
  const gaps: unknown[] = []
  const recorder = open(hub.url('/events?topic=restart'), { onGap: (gap) => gaps.push(gap) })
  await recorder.has('open')
  await hub.publish('restart', '0', 'n')
  await count(recorder, 1)
  await hub.stop()
  expect(recorder.events.map((e) => e.type)).toContain('closing')
  await hub.launch()
  await recorder.until(() => gaps.length > 0)
  expect(gaps[0]).toMatchObject({ missed: null })
  await hub.publish('restart', '1', 'n')
  await count(recorder, 2)
  expect(messages(recorder)).toEqual([0, 1])
})

it('a crash: back by itself', async () => {
  const recorder = open(hub.url('/events?topic=crash'))
  await recorder.has('open')
  await hub.kill()
  await recorder.has('retry network')
  await hub.launch()
  await recorder.until((log) => log.filter((e) => e === 'open').length === 2)
  await hub.publish('crash', '7', 'n')
  await count(recorder, 1)
})

it('an error is told with what the hub says', async () => {
  const recorder = open(hub.url('/events?topic=a&slow=nonsense'))
  expect(await recorder.end()).toBe('end 400')
  expect(await recorder.errors[0]!.error.response!.json()).toMatchObject({ status: 400 })
})

it('keep-alives keep a quiet stream', async () => {
  const recorder = open(hub.url('/events?topic=quiet'), { watchdogMillis: 1_200 })
  await recorder.has('open')
  const other = open(hub.url('/events?topic=beat&heartbeat=event'))
  // As many heartbeats as the watchdog would not survive in silence.
  await other.until((log) => log.filter((e) => e.startsWith('heartbeat')).length >= 10)
  expect(recorder.log.filter((e) => e.startsWith('retry'))).toEqual([])
})
