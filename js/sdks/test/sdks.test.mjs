// The official SDKs, unmodified, pointed at the gateway, with the stand-in for the models behind it.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Anthropic from '@anthropic-ai/sdk'
import { DefaultChatTransport, readUIMessageStream } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort, run } from './programs.mjs'

const prompt = [{ role: 'user', content: 'Hello' }]
let programs = []
let gateway
let model
let openai
let anthropic

beforeAll(async () => {
  const [modelPort, hubPort] = [await freePort(), await freePort()]
  model = `http://127.0.0.1:${modelPort}`
  gateway = `http://127.0.0.1:${hubPort}`
  programs = await Promise.all([
    run('curl -N', 'model', '--host', '127.0.0.1', '--port', String(modelPort), '--rate', '200', '--tokens', '40'),
    run('Tidewire is ready', 'serve', '--dev', '--port', String(hubPort), '--upstream', `openai=${model}`, '--upstream', `anthropic=${model}`),
  ])
  openai = new OpenAI({ baseURL: `${gateway}/llm/openai/v1`, apiKey: 'sk-any', maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: `${gateway}/llm/anthropic`, apiKey: 'sk-any', maxRetries: 0 })
})

afterAll(() => Promise.all(programs.map((program) => program.end())))

const stats = async () => (await fetch(`${model}/stats`)).json()

async function whole() {
  const direct = new OpenAI({ baseURL: `${model}/v1`, apiKey: 'any' })
  return (await direct.chat.completions.create({ model: 'm', messages: prompt })).choices[0].message.content
}

describe('examples/llm-sdks', () => {
  const folder = fileURLToPath(new URL('../../../examples/llm-sdks', import.meta.url))
  const say = async (script) =>
    (await promisify(execFile)('node', [script], { cwd: folder, env: { ...process.env, GATEWAY: gateway } })).stdout
  const direct = async () => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Why is the sea salty?' }] })
    const answer = await fetch(`${model}/v1/chat/completions`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
    return (await answer.json()).choices[0].message.content
  }

  it('breaks off, and reads on', async () => {
    const said = await say('openai.mjs')
    expect(said).toMatch(/… broken off, and read on from \/llm\/answers\//)
    expect(said.replace(/\n… broken off.*\n/, '').trim()).toBe((await direct()).trim())
  })

  it('streams messages', async () => {
    expect(await say('anthropic.mjs')).toMatch(/tide[^]*tokens\n$/)
  })
})

describe('openai', () => {
  it('streams chat completions', async () => {
    let text = ''
    const stream = await openai.chat.completions.create({ model: 'm', messages: prompt, stream: true })
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? ''
    expect(text).toBe(await whole())
  })

  it('gets whole chat completions', async () => {
    const answer = await openai.chat.completions.create({ model: 'm', messages: prompt })
    expect(answer.choices[0].message.content).toBe(await whole())
  })

  it('streams responses', async () => {
    let text = ''
    let last
    for await (const event of await openai.responses.create({ model: 'm', input: 'Hello', stream: true })) {
      if (event.type === 'response.output_text.delta') text += event.delta
      last = event
    }
    expect(text).toBe(await whole())
    expect(last.type).toBe('response.completed')
  })

  it('gets models', async () => {
    expect((await openai.models.list()).data.length).toBeGreaterThan(0)
  })

  it('aborts its reading, and the answer goes on', async () => {
    const before = await stats()
    const { data: stream, response } = await openai.chat.completions
      .create({ model: 'm:rate=20', messages: prompt, stream: true })
      .withResponse()
    for await (const _ of stream) break // closes the connection
    const recorded = await fetch(gateway + response.headers.get('location'))
    expect(await recorded.text()).toContain('[DONE]')
    const after = await stats()
    expect([after.requests - before.requests, after.cancelled - before.cancelled]).toEqual([1, 0])
  })

  it('is told when the answer is stopped', async () => {
    const { data: stream, response } = await openai.chat.completions
      .create({ model: 'm:fault=stall@3', messages: prompt, stream: true })
      .withResponse()
    const cancelled = (await stats()).cancelled
    setImmediate(() => fetch(gateway + response.headers.get('location'), { method: 'DELETE' }))
    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toThrow(/stopped/)
    await vi.waitFor(async () => expect((await stats()).cancelled).toBe(cancelled + 1))
  })

  it('gets the errors of the upstream', async () => {
    const failing = openai.chat.completions.create({ model: 'm:status=429', messages: prompt, stream: true })
    await expect(failing).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    const cut = await openai.chat.completions.create({ model: 'm:fault=cut@3', messages: prompt, stream: true })
    await expect(async () => {
      for await (const _ of cut);
    }).rejects.toThrow(/broke off/)
  })
})

describe('anthropic', () => {
  const ask = { model: 'm', max_tokens: 40, messages: prompt }

  it('streams messages', async () => {
    const stream = anthropic.messages.stream(ask)
    const message = await stream.finalMessage()
    expect(message.content[0].text).toBe(await whole())
    expect(message.stop_reason).toBe('max_tokens')
  })

  it('gets whole messages', async () => {
    expect((await anthropic.messages.create(ask)).content[0].text).toBe(await whole())
  })

  it('gets the errors of the upstream', async () => {
    const failing = anthropic.messages.create({ ...ask, model: 'm:status=529' })
    await expect(failing).rejects.toMatchObject({ status: 529 })
    const cut = anthropic.messages.stream({ ...ask, model: 'm:fault=cut@3' })
    await expect(cut.finalMessage()).rejects.toThrow(/broke off/)
  })
})

describe('ai', () => {
  const user = { id: 'u1', role: 'user', parts: [{ type: 'text', text: 'Hello' }] }
  const transport = (model) =>
    new DefaultChatTransport({
      api: `${gateway}/llm/openai/v1/chat/completions?as=ui`,
      prepareSendMessagesRequest: ({ id, messages }) => ({
        headers: { 'Tidewire-Chat': id },
        body: {
          model,
          stream: true,
          messages: messages.map(({ role, parts }) => ({ role, content: parts.map((part) => part.text ?? '').join('') })),
        },
      }),
      prepareReconnectToStreamRequest: ({ id }) => ({ api: `${gateway}/llm/chats/${id}/stream` }),
    })

  async function text(stream) {
    let message
    for await (const state of readUIMessageStream({ stream })) message = state
    return message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('')
  }

  const send = (over, chatId) => over.sendMessages({ chatId, messages: [user], trigger: 'submit-message', abortSignal: undefined })

  it('reads an answer as a UI message stream', async () => {
    expect(await text(await send(transport('m'), 'c1'))).toBe(await whole())
  })

  it('reconnects to the running answer of its chat, and to nothing once it is complete', async () => {
    const over = transport('m:rate=20')
    const { requests } = await stats()
    await (await send(over, 'c2')).cancel() // the page is reloaded
    const resumed = await over.reconnectToStream({ chatId: 'c2' })
    expect(await text(resumed)).toBe(await whole())
    await vi.waitFor(async () => expect(await over.reconnectToStream({ chatId: 'c2' })).toBeNull())
    expect((await stats()).requests - requests).toBe(2) // its own, and the one that was compared with
    expect(await over.reconnectToStream({ chatId: 'never' })).toBeNull()
  })
})
