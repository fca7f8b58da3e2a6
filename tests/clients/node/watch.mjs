// The TypeScript client 2.x that follows a conversation: it subscribes to its resource and waits for the next message.
//
// Prints one JSON line: whether it was told of the address, and the text that its long poll ended with. The customer's words
// are written while both wait, by the embedded HubSpot's admin plane.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const STEP_MAX_MS = 30_000;
const task = JSON.parse(process.argv[2]);
const MODES = { legacy: 'legacy', modern: { pin: '2026-07-28' } };

/** The customer writes; the ids of thread and message. */
async function writes(message) {
  const address = `http://${task.hubspot}/__sandbox/conversations/visitor-messages`;
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(message) });
  return answer.json();
}

async function watch() {
  const { thread_id: thread } = await writes({ channel: 'chat', email: 'sarah@gmail.com', text: 'Where is my robot?' });
  const uri = `conversation://${thread}`;
  const client = new Client(
    { name: 'frontdesk-clients', version: '1' },
    { capabilities: {}, versionNegotiation: { mode: MODES[task.era] } },
  );
  const told = new Promise((resolve) => {
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => resolve(params.uri));
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(task.url)));
  const read = async (more) => {
    const given = { conversation_id: thread, ...more };
    return (await client.callTool({ name: 'read_conversation', arguments: given })).structuredContent;
  };
  const last = (await read({})).messages.at(-1).message_id;
  if (task.era === 'legacy') await client.subscribeResource({ uri });
  else await client.listen({ resourceSubscriptions: [uri] });
  const waiting = read({ after: last, wait_seconds: 20 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await writes({ channel: 'chat', thread, text: 'It is the blue one' });
  const [message] = (await waiting).messages;
  const version = client.getNegotiatedProtocolVersion();
  return { version, told: (await told) === uri, text: message.customer_text };
}

setTimeout(() => process.exit(1), STEP_MAX_MS).unref();
console.log(JSON.stringify(await watch()));
process.exit();
