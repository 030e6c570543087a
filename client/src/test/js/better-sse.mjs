// Streams ten ticks, three to a connection, from Last-Event-ID on; then 204.
import { createServer } from 'node:http';
import { createSession } from 'better-sse';

const server = createServer(async (request, response) => {
  const last = Number(request.headers['last-event-id'] ?? 0);
  if (last >= 10) {
    response.writeHead(204).end();
    return;
  }
  const session = await createSession(request, response, { retry: 1, keepAlive: null });
  for (let n = last + 1; n <= Math.min(10, last + 3); n++) {
    session.push({ n, text: 'a\nb' }, 'tick', String(n));
  }
  setTimeout(() => response.end(), 50);
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
