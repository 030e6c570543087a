import { useEffect, useState } from 'react'

/** What was said. */
export interface Message {
  role: 'user' | 'assistant'
  text: string
  /** How an answer ended, where it did not end well. */
  end?: 'stopped' | 'failed' | undefined
}

const KEY = 'conversation'

function load(): Message[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Message[]
  } catch {
    return []
  }
}

/** The conversation of this tab, which a reload keeps. The answer that is being written is `useTokenStream`'s to keep. */
export function useConversation() {
  const [messages, setMessages] = useState(load)
  useEffect(() => sessionStorage.setItem(KEY, JSON.stringify(messages)), [messages])
  return [messages, setMessages] as const
}
