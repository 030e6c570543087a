// Reads AG-UI runs with the protocol's own client and schemas and says, as JSON by file, what a page would show.
// node ag-ui.mjs FILE...
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { HttpAgent } from '@ag-ui/client';
import { EventSchemas } from '@ag-ui/core/schemas';

const schemas = new Map(EventSchemas.options.map((schema) => [schema.shape.type.value, schema]));

// The specification calls objects exact, the package's schemas let more through: so names are checked here.
function problems(event) {
  const schema = schemas.get(event.type);
  const unknown = Object.keys(event).filter((key) => !(key in (schema?.shape ?? {})));
  const result = EventSchemas.safeParse(event);
  return [...unknown.map((key) => `${event.type}.${key}`), ...(result.success ? [] : [result.error.message])];
}

async function shown(file) {
  const bytes = await readFile(file);
  const events = bytes.toString('utf8').split('\n\n').filter(Boolean).map((frame) => JSON.parse(frame.slice('data: '.length)));
  const outcomes = [];
  const agent = new HttpAgent({
    url: 'http://gateway.invalid/run',
    threadId: 'thread-1',
    fetch: async () => new Response(bytes, { headers: { 'content-type': 'text/event-stream' } }),
  });
  let failure;
  try {
    await agent.runAgent(
      { runId: 'run-1' },
      {
        onRunFinishedEvent: ({ outcome }) => void outcomes.push(outcome),
        onRunErrorEvent: ({ event }) => void outcomes.push(`error ${event.code}: ${event.message}`),
      },
    );
  } catch (error) {
    failure = String(error.message ?? error);
  }
  return {
    problems: events.flatMap(problems),
    types: events.map((event) => event.type),
    messages: agent.messages.map(({ role, content, toolCalls }) => ({
      role,
      content,
      calls: (toolCalls ?? []).map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments })),
    })),
    usage: events.at(-1).usage,
    outcomes,
    failure,
  };
}

const answers = {};
for (const file of process.argv.slice(2)) answers[basename(file)] = await shown(file);
console.log(JSON.stringify(answers));
