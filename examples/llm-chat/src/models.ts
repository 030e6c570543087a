import type { Message } from './conversation'

/** A model: where its questions go, and how they are put. */
export interface Model {
  name: string
  url: string
  question: (messages: readonly Message[]) => object
}

const asked = (messages: readonly Message[]) => messages.map(({ role, text }) => ({ role, content: text }))

/** Three ways to ask; the page reads them all. */
export const MODELS: readonly [Model, ...Model[]] = [
  {
    name: 'OpenAI chat',
    url: '/llm/local/v1/chat/completions',
    question: (messages) => ({ model: 'stand-in', stream: true, messages: asked(messages) }),
  },
  {
    name: 'OpenAI Responses',
    url: '/llm/local/v1/responses',
    question: (messages) => ({ model: 'stand-in', stream: true, input: asked(messages) }),
  },
  {
    name: 'Anthropic Messages',
    url: '/llm/local/v1/messages',
    question: (messages) => ({ model: 'stand-in', max_tokens: 400, stream: true, messages: asked(messages) }),
  },
]
