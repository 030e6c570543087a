import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A request as the server saw it. */
export interface Seen {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: string
}

/** Answers one request; `seen` has its body. */
export type Answer = (response: ServerResponse, seen: Seen, request: IncomingMessage) => void

/** A server that answers each request as scripted; the last answer stays. */
export class FaultServer {
  readonly seen: Seen[] = []
  #answers: Answer[] = []
  readonly #waiting = new Set<() => void>()
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    const seen = { method, url, headers, body: Buffer.concat(chunks).toString() }
    this.seen.push(seen)
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0]
    answer?.(response, seen, request)
    for (const wake of [...this.#waiting]) wake()
  })

  static async start(...answers: Answer[]): Promise<FaultServer> {
    const server = new FaultServer()
    server.#answers = answers
    server.#server.on('connection', (socket) => {
      server.#sockets.add(socket)
      socket.on('close', () => server.#sockets.delete(socket))
    })
    await server.listen()
    return server
  }

  #port = 0

  listen(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#port = (this.#server.address() as AddressInfo).port
        resolve()
      })
    })
  }

  /** Cuts what is open now; new connections are served. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Refuses from now on, until `listen()`. */
  refuse(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.cut()
    return closed
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/events`
  }

  script(...answers: Answer[]): void {
    this.#answers = answers
  }

  /** Waits until so many requests came. */
  async requests(count: number): Promise<Seen[]> {
    while (this.seen.length < count) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake)
          resolve()
        }
        this.#waiting.add(wake)
      })
    }
    return this.seen
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.refuse()
  }
}

const EVENT_STREAM = { 'Content-Type': 'text/event-stream' }

/** Sends the text and stays open. */
export const stream =
  (text: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(200, { ...EVENT_STREAM, ...headers })
    response.flushHeaders()
    if (text) response.write(text)
  }

/** Sends the text and ends properly. */
export const ended =
  (text: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(200, { ...EVENT_STREAM, ...headers }).end(text)
  }

/** Sends so many bytes of the text, then cuts the connection. */
export const cutAfter =
  (bytes: number, text: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(200, { ...EVENT_STREAM, ...headers })
    response.flushHeaders()
    response.write(Buffer.from(text).subarray(0, bytes), () => response.socket?.destroy())
  }

/** Answers a status. */
export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): Answer =>
  (response) => {
    response.writeHead(code, headers).end(body)
  }

/** Takes the request and says nothing. */
export const silence: Answer = () => {}

/** Cuts before any answer. */
export const reset: Answer = (response) => response.socket?.destroy()
