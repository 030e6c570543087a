import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTokenStream } from 'tidewire/react'
import { Bubble } from './bubble'
import { type Message, useConversation } from './conversation'
import { MODELS } from './models'

/** Ask, watch the answer come, stop it, reload in the middle of it. */
export function Chat() {
  const [messages, setMessages] = useConversation()
  const [modelName, setModelName] = useState(() => sessionStorage.getItem('model') ?? '')
  const [draft, setDraft] = useState('')
  const model = MODELS.find(({ name }) => name === modelName) ?? MODELS[0]
  const { text, state, error, resumeUrl, start, stop } = useTokenStream(model.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    // A reloaded page goes on where it was; the question is not asked again.
    storageKey: 'answer',
    // The hub would go on without readers: this tells it not to.
    onStop: (answer) => void (answer && fetch(answer, { method: 'DELETE' })),
  })
  const busy = state === 'streaming'

  const wasBusy = useRef(false)
  useEffect(() => {
    if (wasBusy.current && !busy) {
      const end = state === 'stopped' || state === 'failed' ? state : undefined
      setMessages((said) => [...said, { role: 'assistant', text, end }])
    }
    wasBusy.current = busy
  }, [busy, state, text, setMessages])

  const bottom = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is at the bottom.
  useEffect(() => {
    bottom.current?.scrollIntoView({ block: 'end' }) // newer browsers answer with a promise, which an effect must not
  }, [messages, text])

  function ask(event?: FormEvent) {
    event?.preventDefault()
    const question = draft.trim()
    if (!question || busy) return
    const said: Message[] = [...messages, { role: 'user', text: question }]
    setMessages(said)
    setDraft('')
    start(JSON.stringify(model.question(said)))
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      ask()
    }
  }

  return (
    <main data-state={state}>
      <header>
        <h1>Chat</h1>
        <select
          aria-label="Model"
          value={model.name}
          disabled={busy}
          onChange={({ target: { value } }) => {
            sessionStorage.setItem('model', value)
            setModelName(value)
          }}
        >
          {MODELS.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button type="button" className="quiet" disabled={busy || !messages.length} onClick={() => setMessages([])}>
          Clear
        </button>
      </header>
      <ol aria-live="polite">
        {messages.length === 0 && !busy && (
          <li className="hint">
            Ask something, and reload the page in the middle of the answer: it goes on, and the model is not asked
            again.
          </li>
        )}
        {messages.map((message, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages are only added.
          <Bubble key={i} message={message} />
        ))}
        {busy && <Bubble message={{ role: 'assistant', text }} live />}
      </ol>
      {error && (
        <p role="alert">
          {busy ? 'The connection was lost; it is being opened again.' : `The answer failed: ${error.message}`}
        </p>
      )}
      <form onSubmit={ask}>
        <textarea
          aria-label="Question"
          placeholder="Ask anything"
          rows={1}
          value={draft}
          onChange={({ target: { value } }) => setDraft(value)}
          onKeyDown={onKeyDown}
        />
        {busy ? (
          <button type="button" id="stop" onClick={stop}>
            Stop
          </button>
        ) : (
          <button type="submit" id="ask" disabled={!draft.trim()}>
            Ask
          </button>
        )}
      </form>
      <p className="share">
        {busy && resumeUrl && (
          <a
            href={`?watch=${encodeURIComponent(new URL(resumeUrl, location.href).pathname)}`}
            target="_blank"
            rel="noreferrer"
          >
            Watch this answer in another tab
          </a>
        )}
      </p>
      <div ref={bottom} />
    </main>
  )
}
