import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createChannel, createSession } from 'better-sse'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EventStream } from '../src/index.js'
import { readToken } from '../src/tokens.js'
import { FaultServer, stream } from './fault-server.js'

const json = (value: unknown) => JSON.stringify(value)

async function answer(text: string) {
  const server = await FaultServer.start(stream(text))
  onTestFinished(() => server.refuse())
  const source = new EventStream(server.url, {
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer key' },
    body: json({ stream: true }),
    until: (event) => readToken(event).done ?? false,
  })
  let said = ''
  const types: string[] = []
  for await (const event of source) {
    said += readToken(event).text ?? ''
    types.push(event.type)
  }
  expect(source.lastError?.kind).toBe('done')
  expect(server.seen).toMatchObject([{ method: 'POST', body: '{"stream":true}' }])
  return { said, types }
}

describe('language models', () => {
  it('OpenAI chat: chunks, a comment, an empty choice with usage, [DONE]', async () => {
    const chunk = (choices: unknown[]) => `data: ${json({ object: 'chat.completion.chunk', choices })}\n\n`
    const text =
      ': PROCESSING\n\n' +
      chunk([{ delta: { role: 'assistant', content: '' } }]) +
      chunk([{ delta: { content: 'Hello' } }]) +
      chunk([{ delta: { content: ' world' }, finish_reason: null }]) +
      chunk([{ delta: {}, finish_reason: 'stop' }]) +
      chunk([])
    expect((await answer(`${text}data: [DONE]\n\n`)).said).toBe('Hello world')
  })

  it('OpenAI responses: named events, reasoning and tool calls apart', async () => {
    const event = (type: string, more: object) => `event: ${type}\ndata: ${json({ type, ...more })}\n\n`
    const { said } = await answer(
      event('response.created', { response: { id: 'r', error: null } }) +
        event('response.reasoning_text.delta', { delta: 'hm' }) +
        event('response.output_text.delta', { delta: 'Hello' }) +
        event('response.function_call_arguments.delta', { delta: '{' }) +
        event('response.output_text.delta', { delta: ' world' }) +
        event('response.completed', { response: {} }),
    )
    expect(said).toBe('Hello world')
  })

  it('Anthropic messages: named events, pings, thinking apart', async () => {
    const event = (type: string, more: object = {}) => `event: ${type}\ndata: ${json({ type, ...more })}\n\n`
    const delta = (part: object) => event('content_block_delta', { index: 0, delta: part })
    const { said, types } = await answer(
      event('message_start', { message: { id: 'm' } }) +
        event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
        event('ping') +
        delta({ type: 'thinking_delta', thinking: 'hm' }) +
        delta({ type: 'text_delta', text: 'Hello' }) +
        delta({ type: 'text_delta', text: ' world' }) +
        event('message_delta', { delta: { stop_reason: 'end_turn' } }) +
        event('message_stop'),
    )
    expect(said).toBe('Hello world')
    expect(types.at(-1)).toBe('message_stop')
  })

  it('the Vercel AI SDK: parts', async () => {
    const parts = [{ type: 'start' }, { type: 'text-delta', id: '1', delta: 'Hello world' }, { type: 'finish' }]
    const { said } = await answer(`${parts.map((part) => `data: ${json(part)}\n\n`).join('')}data: [DONE]\n\n`)
    expect(said).toBe('Hello world')
  })

  it.each([
    ['plain text', 'message', ' word', { text: ' word' }],
    ['text as JSON', 'message', '" word\\n"', { text: ' word\n' }],
    ['a number is text', 'message', '42', { text: '42' }],
    ['the word null is text', 'message', 'null', { text: 'null' }],
    ['an event named done', 'done', '', { done: true }],
    ['what a hub says of the stream', 'connected', '{}', {}],
    ['an error of OpenAI', 'message', '{"error":{"message":"busy"}}', { error: 'busy' }],
    ['an error of Anthropic', 'error', '{"type":"error","error":{"type":"x","message":"busy"}}', { error: 'busy' }],
    ['an error of Vercel', 'message', '{"type":"error","errorText":"busy"}', { error: 'busy' }],
    ['an error in words', 'error', 'busy', { error: 'busy' }],
    ['a failed response', 'response.failed', '{"response":{"error":{"message":"busy"}}}', { error: 'busy' }],
  ])('readToken: %s', (_, type, data, token) => {
    expect(readToken({ type, data })).toEqual(token)
  })
})

it("npm's better-sse: events, ids, resume, keep-alives, a channel", async () => {
  const channel = createChannel()
  const lastIds: string[] = []
  const server = createServer(async (request, response) => {
    const session = await createSession(request, response, { retry: 5, keepAlive: 20 })
    lastIds.push(session.lastId)
    channel.register(session)
    session.push({ n: lastIds.length }, 'hello', String(lastIds.length))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const source = new EventStream(url, { backoff: { initialMillis: 1 }, watchdogMillis: 5_000 })
  const seen: string[] = []
  for await (const event of source) {
    seen.push(`${event.type} ${event.data} ${event.lastEventId}`)
    if (seen.length === 1) server.closeAllConnections()
    if (seen.length === 2) channel.broadcast('to all', 'news', { eventId: '7' })
    if (seen.length === 3) break
  }
  expect(seen).toEqual(['hello {"n":1} 1', 'hello {"n":2} 2', 'news "to all" 7'])
  expect(lastIds).toEqual(['', '1'])
})
