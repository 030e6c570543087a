import type { Message } from './conversation'

const ENDS = { stopped: 'Stopped', failed: 'Broken off' }

/** One message; `live` while it is being written. */
export function Bubble({ message: { role, text, end }, live = false }: { message: Message; live?: boolean }) {
  return (
    <li className={role} data-live={live || undefined}>
      <p>
        {text}
        {live && <span className="cursor" aria-hidden="true" />}
      </p>
      {end && <small>{ENDS[end]}</small>}
    </li>
  )
}
