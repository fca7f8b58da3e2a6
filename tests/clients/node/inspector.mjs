// The inspector's command line: one process per request. It supports no elicitation, and cancellation only by ending the process.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { result, run, task } from './desk.mjs';

const LAUNCHER = fileURLToPath(
  new URL('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
/** The inspector's exit code for a tool that answered with an error. */
const TOOL_ERROR = 5;
/** A test run writes no catalog, because the catalog belongs to the user. */
const NO_CATALOG = { MCP_CATALOG_PATH: `${process.env.TMPDIR ?? '/tmp'}/frontdesk-clients-catalog.json` };

const runCli = promisify(execFile);

function where(target) {
  const environment = Object.entries(target.env ?? {}).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  if (task.transport === 'stdio') return [...target.command, ...environment];
  return [task.transport === 'sse' ? target.sse_url : target.url, '--transport', task.transport];
}

async function connect(target) {
  const ask = async (...words) => {
    const given = ['--cli', ...where(target), '--protocol-era', task.era, '--format', 'json', '--quiet', ...words];
    const { stdout } = await runCli(process.execPath, [LAUNCHER, ...given], {
      env: { ...process.env, ...NO_CATALOG },
      maxBuffer: 1 << 24,
    }).catch((error) => {
      if (error.code === TOOL_ERROR && error.stdout) return error;
      throw new Error(error.stderr || error.message);
    });
    return unwrapped(JSON.parse(stdout));
  };
  const names = async (kind, field, name) => (await ask('--method', `${kind}/list`))[field].map((item) => item[name]);
  return {
    version: null,
    list: async () => ({
      tools: await names('tools', 'tools', 'name'),
      prompts: await names('prompts', 'prompts', 'name'),
      resources: await names('resources', 'resources', 'uri'),
    }),
    call: async (tool, given) =>
      result(await ask('--method', 'tools/call', '--tool-name', tool, '--tool-args-json', JSON.stringify(given))),
    prompt: async (name, given) => {
      const pairs = Object.entries(given).map(([key, value]) => `${key}=${value}`);
      const { messages } = await ask('--method', 'prompts/get', '--prompt-name', name, '--prompt-args', ...pairs);
      return { text: messages.map((message) => message.content.text ?? '').join('') };
    },
    resource: async (uri) => {
      const { contents } = await ask('--method', 'resources/read', '--uri', uri);
      return { text: contents[0].text, mime_type: contents[0].mimeType };
    },
    close: async () => {},
  };
}

/** The answer stands below `result`, or alone. */
const unwrapped = (answer) => answer.result ?? answer;

await run(connect);
