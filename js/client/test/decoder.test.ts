import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EventDecoder, TooLargeError } from '../src/decoder.js'

interface Case {
  name: string
  rule: string
  streams: { text?: string; base64?: string }[]
  events: { type: string; data: string; lastEventId: string }[]
  lastEventId: string
  retry?: number
  retryAtLeast?: number
  comments?: string[]
  idOnlyBlocks?: string[]
}

const table = new URL(
  '../../../conformance/src/main/resources/io/tidewire/conformance/event-stream.json',
  import.meta.url,
)
const { cases } = JSON.parse(readFileSync(table, 'utf8')) as { cases: Case[] }

/** Reads the streams with each cut by `cut` and tells all that came, in the table's form. */
function read(streams: Uint8Array[], cut: (bytes: Uint8Array) => Uint8Array[]) {
  const seen = {
    events: [] as Case['events'],
    comments: [] as string[],
    idOnlyBlocks: [] as string[],
    retry: undefined as number | undefined,
    lastEventId: '',
  }
  const decoder = new EventDecoder({
    event: (type, data, lastEventId) => seen.events.push({ type, data, lastEventId }),
    comment: (text) => seen.comments.push(text),
    cursor: (id) => seen.idOnlyBlocks.push(id),
    retry: (millis) => {
      seen.retry = millis
    },
  })
  for (const stream of streams) {
    for (const piece of cut(stream)) decoder.feed(piece)
    decoder.reset()
  }
  seen.lastEventId = decoder.lastEventId
  return seen
}

describe('the table shared with Java', () => {
  it.each(cases)('$rule: $name', (c) => {
    const streams = c.streams.map((s) =>
      s.base64 === undefined ? new TextEncoder().encode(s.text) : Uint8Array.from(Buffer.from(s.base64, 'base64')),
    )
    const check = (cut: (bytes: Uint8Array) => Uint8Array[]) => {
      const seen = read(streams, cut)
      expect(seen.events).toEqual(c.events)
      expect(seen.lastEventId).toBe(c.lastEventId)
      expect(seen.comments).toEqual(c.comments ?? [])
      expect(seen.idOnlyBlocks).toEqual(c.idOnlyBlocks ?? [])
      if (c.retryAtLeast === undefined) expect(seen.retry).toBe(c.retry)
      else expect(seen.retry).toBeGreaterThanOrEqual(c.retryAtLeast)
    }
    check((bytes) => [bytes])
    check((bytes) => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))
    const longest = Math.max(...streams.map((s) => s.length))
    for (let at = 1; at < longest; at++) check((bytes) => [bytes.subarray(0, at), bytes.subarray(at)])
  })
})

describe('limits', () => {
  const feed = (text: string, max: number) => new EventDecoder({ event() {} }, '', max).feed(Buffer.from(text))

  it('a line at the limit passes and one beyond fails', () => {
    feed('data: 1234\n\n', 10)
    expect(() => feed('data: 12345\n\n', 10)).toThrow(TooLargeError)
  })

  it('a line without an end fails as soon as it is too long', () => {
    expect(() => feed('x'.repeat(11), 10)).toThrow(TooLargeError)
  })

  it('an event of many short lines is limited too', () => {
    expect(() => feed('data: 1\n'.repeat(100), 50)).toThrow(TooLargeError)
  })
})
