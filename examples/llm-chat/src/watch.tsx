import { useTokenStream } from 'tidewire/react'
import { Bubble } from './bubble'

/** An answer that was asked for elsewhere: read from its beginning, then as it comes. */
export function Watch({ url }: { url: string }) {
  const { text, state, error } = useTokenStream(`${url}?backlog=merged`)
  return (
    <main data-state={state}>
      <header>
        <h1>An answer, watched</h1>
      </header>
      <ol aria-live="polite">
        <Bubble message={{ role: 'assistant', text }} live={state === 'streaming'} />
      </ol>
      {error && <p role="alert">{error.message}</p>}
    </main>
  )
}
