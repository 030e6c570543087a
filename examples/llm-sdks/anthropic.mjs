// The official Anthropic SDK, unmodified, through the gateway.
import Anthropic from '@anthropic-ai/sdk'

const gateway = process.env.GATEWAY ?? 'http://localhost:8080'
const anthropic = new Anthropic({ baseURL: `${gateway}/llm/anthropic`, apiKey: process.env.ANTHROPIC_API_KEY ?? 'none' })

const stream = anthropic.messages.stream({
  model: process.env.MODEL ?? 'stand-in',
  max_tokens: 60,
  messages: [{ role: 'user', content: 'Why is the sea salty?' }],
})
stream.on('text', (text) => process.stdout.write(text))
const { stop_reason: reason, usage } = await stream.finalMessage()
console.log(`\n${reason}, ${usage.output_tokens} tokens`)
