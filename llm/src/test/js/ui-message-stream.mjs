// Reads UI message streams with the AI SDK's own transport and says, as JSON by file, what a page would show.
// node ui-message-stream.mjs PACKAGE HEADER VERSION FILE...
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

const [name, header, version, ...files] = process.argv.slice(2);
const { DefaultChatTransport, readUIMessageStream, UI_MESSAGE_STREAM_HEADERS } = await import(name);
if (UI_MESSAGE_STREAM_HEADERS[header] !== version) {
  throw new Error(`${header}: ${version} (expected: ${JSON.stringify(UI_MESSAGE_STREAM_HEADERS)})`);
}

// Seven bytes at a time: cuts within lines, events and characters.
function pieces(bytes) {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.subarray(at, at + 7));
      controller.close();
    },
  });
}

async function shown(file) {
  const bytes = new Uint8Array(await readFile(file));
  const transport = new DefaultChatTransport({
    api: 'http://gateway.invalid/chat',
    fetch: async () => new Response(pieces(bytes), { headers: { 'content-type': 'text/event-stream', [header]: version } }),
  });
  const chunks = [];
  const errors = [];
  // The transport checks each chunk against the SDK's schema, and fails the stream on the first that does not fit.
  const stream = (await transport.reconnectToStream({ chatId: 'c1' })).pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        chunks.push(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  let last;
  for await (const message of readUIMessageStream({ stream, onError: (error) => errors.push(String(error.message ?? error)) })) {
    last = message;
  }
  return {
    id: last?.id,
    parts: (last?.parts ?? [])
      .filter((part) => part.type !== 'step-start')
      .map(({ type, text, state, toolCallId, input, errorText }) => ({ type, text, state, toolCallId, input, errorText })),
    errors,
    chunkTypes: chunks.map((chunk) => chunk.type),
    finishReason: chunks.find((chunk) => chunk.type === 'finish')?.finishReason,
  };
}

const answers = {};
for (const file of files) answers[basename(file)] = await shown(file);
console.log(JSON.stringify(answers));
