// A page with both hooks, in strict mode. The query says what it shows.
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useEventStream, useTokenStream } from '../../src/react.js'

const query = new URLSearchParams(location.search)
const backoff = { initialMillis: 10, maxMillis: 100 }

function Prices() {
  const { items, state, error, gap, subscribe, clear, close, reopen } = useEventStream<{ bid: number }>(
    query.get('events'),
    { events: ['price'], limit: 3, backoff },
  )
  const [heard, setHeard] = useState(0)
  useEffect(() => subscribe('price', () => setHeard((n) => n + 1)), [subscribe])
  return (
    <section>
      <p id="state">{state}</p>
      <p id="error">{error?.kind}</p>
      <p id="gap">{gap && 'gap'}</p>
      <p id="heard">{heard}</p>
      <p id="items">{items.map((item) => item.bid).join(' ')}</p>
      <button type="button" id="clear" onClick={clear} />
      <button type="button" id="close" onClick={close} />
      <button type="button" id="reopen" onClick={reopen} />
    </section>
  )
}

function Chat({ url }: { url: string }) {
  const { text, state, done, error, resumeUrl, start, stop } = useTokenStream(url, {
    ...(query.has('post') ? { method: 'POST' } : {}),
    storageKey: 'chat',
    backoff,
    onStop: (place) => {
      document.title = `stopped ${place ? new URL(place).pathname : ''}`
    },
  })
  return (
    <section>
      <p id="text">{text}</p>
      <p id="chat">{`${state} ${done} ${error?.kind ?? ''}`}</p>
      <p id="place">{resumeUrl && new URL(resumeUrl, location.href).pathname}</p>
      <button type="button" id="start" onClick={() => start('{"prompt":"hi"}')} />
      <button type="button" id="stop" onClick={stop} />
    </section>
  )
}

function Page() {
  const [isShown, setShown] = useState(true)
  const chat = query.get('chat')
  return (
    <>
      <button type="button" id="toggle" onClick={() => setShown(!isShown)} />
      {isShown && query.has('events') && <Prices />}
      {isShown && chat && <Chat url={chat} />}
    </>
  )
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
)
