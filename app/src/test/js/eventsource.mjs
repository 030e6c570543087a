// npm's eventsource: prints each event as a line of JSON until it has seen so many of the named one.
// node eventsource.mjs URL EVENT COUNT
import { EventSource } from 'eventsource'

const [url, name, count] = process.argv.slice(2)
let seen = 0
const source = new EventSource(url)
const print = e => console.log(JSON.stringify({ type: e.type, data: e.data, id: e.lastEventId }))
source.addEventListener('connected', print)
source.addEventListener('gap', print)
source.addEventListener(name, e => {
  print(e)
  if (++seen === Number(count)) { source.close(); process.exit(0) }
})
