import { readFileSync } from 'node:fs'
import { request as ask, createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * A site in front of a hub, as a page needs one: serves a page with a bundle of a script, passes all else on to the hub,
 * and can cut, refuse or stall what it passes on.
 */
export class Front {
  #isCut = false
  #isStalled = false
  readonly #streams = new Set<ServerResponse>()
  /** All that was asked of the hub. */
  readonly asked: { method: string; url: string; lastEventId: string | undefined }[] = []
  readonly #sockets = new Set<Socket>()
  readonly #server
  #script = ''

  private constructor(readonly hubPort: () => number) {
    this.#server = createServer((request, response) => {
      const { method = '', url = '', headers } = request
      if (url.split('?')[0] === '/page') {
        response.writeHead(200, { 'Content-Type': 'text/html' })
        response.end(
          '<!doctype html><title>page</title><div id="root"></div><script type="module" src="/script.js"></script>',
        )
        return
      }
      if (url === '/script.js') {
        response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(this.#script)
        return
      }
      if (url.startsWith('/dist/')) {
        response.writeHead(200, { 'Content-Type': 'text/javascript' })
        response.end(readFileSync(new URL(`..${url}`, import.meta.url)))
        return
      }
      if (url === '/favicon.ico') {
        response.writeHead(404).end()
        return
      }
      this.asked.push({ method, url, lastEventId: headers['last-event-id'] as string | undefined })
      if (this.#isCut) {
        request.socket.destroy()
        return
      }
      const upstream = ask({ host: '127.0.0.1', port: this.hubPort(), method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        response.flushHeaders()
        this.#streams.add(response)
        answer.on('data', (chunk) => this.#isStalled || response.write(chunk))
        answer.on('end', () => response.end())
        answer.on('error', () => response.destroy())
      })
      upstream.on('error', () => response.destroy())
      response.on('close', () => {
        this.#streams.delete(response)
        upstream.destroy()
      })
      request.pipe(upstream)
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  /** @param script a file beside this one, or the code of an example */
  static async start(hubPort: () => number, script: string | { code: string }): Promise<Front> {
    const front = new Front(hubPort)
    const source = fileURLToPath(new URL('../src', import.meta.url))
    const bundle = await build({
      ...(typeof script === 'string'
        ? { entryPoints: [fileURLToPath(new URL(script, import.meta.url))] }
        : { stdin: { contents: script.code, loader: 'tsx', resolveDir: source } }),
      alias: { tidewire: `${source}/index.ts`, 'tidewire/react': `${source}/react.ts` },
      bundle: true,
      write: false,
      format: 'esm',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"development"' },
    })
    front.#script = bundle.outputFiles[0]!.text
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve))
    return front
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Streams that are open now. */
  get open(): number {
    return this.#streams.size
  }

  /** The network goes: all connections are cut, new ones too. */
  cut(): void {
    this.#isCut = true
    for (const response of this.#streams) response.destroy()
  }

  /** The network is back. */
  mend(): void {
    this.#isCut = this.#isStalled = false
  }

  /** Nothing comes through any more, but nobody is told. */
  stall(): void {
    this.#isStalled = true
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    return closed
  }
}
