// The common part of the clients in this folder: running the steps and printing the results.
//
// A client script defines its connection and its operations; `run` executes the steps of ../steps.json and prints one
// JSON line per step. The harness compares the lines with what is expected, in the same way for every language.

import { readFileSync } from 'node:fs';

/** The longest a step may take; a step that hangs has failed. */
const STEP_MAX_MS = 20_000;
/** The longest the server may take to abort the request of a cancelled call. */
const DROP_MAX_MS = 3_000;
const POLL_MS = 20;

export const task = JSON.parse(process.argv[2]);
const steps = JSON.parse(readFileSync(process.argv[3], 'utf8'));

/**
 * @param connect opens a client to a target and answers `{version, list, call, prompt, resource, cancellable, close}`;
 *                a kind of step that the client does not have is left out.
 */
export async function run(connect) {
  let desk;
  try {
    desk = await within(connect(task.desk));
    print('connect', { seen: { version: desk.version } });
  } catch (error) {
    return print('connect', { failed: describe(error) });
  }
  for (const step of steps) {
    try {
      print(step.step, await within(act(step, desk, connect)));
    } catch (error) {
      print(step.step, { failed: describe(error) });
    }
  }
  await within(desk.close()).catch((error) => print('close', { failed: describe(error) }));
}

async function act(step, desk, connect) {
  switch (step.kind) {
    case 'list':
      return { seen: await desk.list() };
    case 'prompt':
      return { seen: await desk.prompt(step.prompt, step.arguments) };
    case 'resource':
      return { seen: await desk.resource(step.uri) };
    case 'call':
      return call(step, desk);
    case 'cancel':
      return desk.cancellable ? { seen: await cancel(step, connect) } : absent('the client cannot cancel a call');
  }
}

async function call(step, desk) {
  if (step.answer && !desk.asked) return absent('the client cannot be asked');
  const given = step.before ? await prepared(step, desk) : step.arguments;
  if (desk.asked) Object.assign(desk.asked, { count: 0, answer: step.answer });
  const seen = await desk.call(step.tool, given);
  return { seen: step.answer ? { ...seen, asked: desk.asked.count } : seen };
}

/** An argument `$name` is the field `name` of another tool's answer. */
async function prepared(step, desk) {
  const before = await desk.call(step.before.tool, step.before.arguments);
  const fill = ([name, value]) => [name, value === `$${step.before.take}` ? before.structured?.[step.before.take] : value];
  return Object.fromEntries(Object.entries(step.arguments).map(fill));
}

/** Calls a tool whose HubSpot never answers, cancels the call, and checks that the server aborts its request. */
async function cancel(step, connect) {
  const slow = await connect(task.slow);
  try {
    await slow.list();
    const running = slow.cancellable(step.tool, step.arguments);
    await until(async () => (await waiting()) > 0, STEP_MAX_MS);
    const start = Date.now();
    running.cancel();
    await running.ended;
    const endedMs = Date.now() - start;
    const dropped = await until(async () => (await waiting()) === 0, DROP_MAX_MS).then(() => true, () => false);
    const { tools } = await slow.list();
    return { ended_ms: endedMs, hubspot_request_dropped: dropped, still_answers: tools.length > 0 };
  } finally {
    await slow.close();
  }
}

/** Requests that the silent HubSpot has not answered and whose caller still waits. */
async function waiting() {
  return Number(await (await fetch(`${task.silent}/waiting`)).text());
}

async function until(holds, maxMs) {
  for (const end = Date.now() + maxMs; Date.now() < end; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`not so within ${maxMs} ms`);
}

function within(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${STEP_MAX_MS} ms`)), STEP_MAX_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

export const absent = (why) => ({ absent: why });
const describe = (error) => String(error?.message ?? error).slice(0, 500);
const print = (step, outcome) => process.stdout.write(`${JSON.stringify({ step, ...outcome })}\n`);

/** A tool's result as the harness reads it. */
export function result(answer) {
  const texts = (answer.content ?? []).filter((part) => part.type === 'text').map((part) => part.text);
  return { is_error: answer.isError === true, text: texts.join(''), structured: answer.structuredContent ?? null };
}

/** The lists of both generations of the TypeScript SDK, page by page. */
export async function listed(client) {
  const all = async (method, field, name) => {
    const names = [];
    let cursor;
    do {
      const page = await client[method](cursor === undefined ? undefined : { cursor });
      names.push(...page[field].map((item) => item[name]));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return names;
  };
  return {
    tools: await all('listTools', 'tools', 'name'),
    prompts: await all('listPrompts', 'prompts', 'name'),
    resources: await all('listResources', 'resources', 'uri'),
  };
}

/** Operations with the same names in both generations. */
export function asDesk(client, version, asked, callTool) {
  return {
    version,
    asked,
    list: () => listed(client),
    call: async (tool, given) => result(await callTool(tool, given)),
    prompt: async (name, given) => {
      const { messages } = await client.getPrompt({ name, arguments: given });
      return { text: messages.map((message) => message.content.text ?? '').join('') };
    },
    resource: async (uri) => {
      const { contents } = await client.readResource({ uri });
      return { text: contents[0].text, mime_type: contents[0].mimeType };
    },
    cancellable: (tool, given) => {
      const abort = new AbortController();
      const ended = callTool(tool, given, { signal: abort.signal }).then(
        () => Promise.reject(new Error('the cancelled call was answered')),
        () => undefined,
      );
      return { cancel: () => abort.abort('by intent'), ended };
    },
    close: () => client.close(),
  };
}
