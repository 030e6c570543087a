// Reads recorded answers with the official SDKs and says, as JSON by file, what they assemble or what they throw.
// node official.mjs DIALECT=FILE...
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

const ask = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

function options(bytes) {
  return {
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => new Response(bytes, { headers: { 'content-type': 'text/event-stream' } }),
  };
}

const readers = {
  OPENAI_CHAT: (bytes) => new OpenAI(options(bytes)).chat.completions.stream(ask).finalChatCompletion(),
  OPENAI_RESPONSES: async (bytes) => {
    const events = [];
    const stream = new OpenAI(options(bytes)).responses.stream({ model: 'm', input: 'hi' });
    stream.on('response.output_text.delta', (event) => events.push(event.snapshot));
    stream.on('response.function_call_arguments.delta', (event) => events.push(event.snapshot));
    const response = await stream.finalResponse();
    return { response, lastSnapshots: [events.filter((text) => !text.startsWith('{')).at(-1), events.at(-1)] };
  },
  ANTHROPIC: (bytes) => new Anthropic(options(bytes)).messages.stream({ ...ask, max_tokens: 9 }).finalMessage(),
};

const answers = {};
for (const argument of process.argv.slice(2)) {
  const [dialect, file] = argument.split('=');
  try {
    answers[basename(file)] = { answer: await readers[dialect](await readFile(file)) };
  } catch (error) {
    answers[basename(file)] = { error: `${error.constructor.name}: ${error.message}` };
  }
}
console.log(JSON.stringify(answers));
