// The TypeScript SDK 1.x: one package, revisions with a handshake, and the old HTTP+SSE transport.

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';

import { asDesk, run, task } from './desk.mjs';

function transport(target) {
  if (task.transport === 'http') return new StreamableHTTPClientTransport(new URL(target.url));
  if (task.transport === 'sse') return new SSEClientTransport(new URL(target.sse_url));
  const [command, ...args] = target.command;
  return new StdioClientTransport({ command, args, env: target.env, stderr: 'ignore' });
}

async function connect(target) {
  const client = new Client({ name: 'frontdesk-clients', version: '1' }, { capabilities: { elicitation: {} } });
  const asked = { count: 0 };
  client.setRequestHandler(ElicitRequestSchema, async () => {
    asked.count += 1;
    return { action: 'accept', content: asked.answer };
  });
  let version;
  const wire = transport(target);
  // The client reports the negotiated revision only to its transport.
  const tell = wire.setProtocolVersion?.bind(wire);
  wire.setProtocolVersion = (agreed) => {
    version = agreed;
    tell?.(agreed);
  };
  await client.connect(wire);
  const callTool = (name, given, options) => client.callTool({ name, arguments: given }, undefined, options);
  return asDesk(client, version, asked, callTool);
}

await run(connect);
process.exit();
