import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Chat } from './chat'
import './style.css'
import { Watch } from './watch'

const watched = new URLSearchParams(location.search).get('watch')

createRoot(document.getElementById('root')!).render(
  <StrictMode>{watched?.startsWith('/llm/answers/') ? <Watch url={watched} /> : <Chat />}</StrictMode>,
)
