// The official OpenAI SDK, unmodified, through the gateway.
import OpenAI from 'openai'

const gateway = process.env.GATEWAY ?? 'http://localhost:8080'
const openai = new OpenAI({ baseURL: `${gateway}/llm/openai/v1`, apiKey: process.env.OPENAI_API_KEY ?? 'none' })
const messages = [{ role: 'user', content: 'Why is the sea salty?' }]

const { data: stream, response } = await openai.chat.completions
  .create({ model: process.env.MODEL ?? 'stand-in', stream: true, messages })
  .withResponse()
let events = 0
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? '')
  if (++events === 10) break // the connection is closed; the answer goes on
}

// From here on it could be another process, tomorrow: the answer has a URL, and each event an id.
const answer = new URL(response.headers.get('location'), gateway)
console.log(`\n… broken off, and read on from ${answer.pathname}`)
const rest = await fetch(answer, { headers: { 'Last-Event-ID': String(events).padStart(16, '0') } })
for await (const line of lines(rest.body)) {
  if (!line.startsWith('data: ') || line === 'data: [DONE]') continue
  process.stdout.write(JSON.parse(line.slice(6)).choices[0]?.delta?.content ?? '')
}
console.log()

async function* lines(body) {
  let text = ''
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const found = (text + piece).split('\n')
    text = found.pop()
    yield* found
  }
}
