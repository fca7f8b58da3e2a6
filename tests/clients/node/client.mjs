// The TypeScript client 2.x: both eras on stdio and Streamable HTTP.

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

import { asDesk, run, task } from './desk.mjs';

const MODES = { legacy: 'legacy', auto: 'auto', modern: { pin: '2026-07-28' } };

function transport(target) {
  if (task.transport === 'http') return new StreamableHTTPClientTransport(new URL(target.url));
  const [command, ...args] = target.command;
  return new StdioClientTransport({ command, args, env: target.env, stderr: 'ignore' });
}

async function connect(target) {
  const client = new Client(
    { name: 'frontdesk-clients', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: MODES[task.era] } },
  );
  const asked = { count: 0 };
  client.setRequestHandler('elicitation/create', async () => {
    asked.count += 1;
    return { action: 'accept', content: asked.answer };
  });
  await client.connect(transport(target));
  const callTool = (name, given, options) => client.callTool({ name, arguments: given }, options);
  return asDesk(client, client.getNegotiatedProtocolVersion(), asked, callTool);
}

await run(connect);
process.exit();
