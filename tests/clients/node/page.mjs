// The inspector's web page in a headless Chromium: connect, list the tools, call one, keep a picture.
//
//   node page.mjs MCP_URL CHROMIUM PICTURE

import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const [serverUrl, executablePath, picture] = process.argv.slice(2);
const LAUNCHER = fileURLToPath(
  new URL('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);
const START_MAX_MS = 30_000;
const STEP_MAX_MS = 20_000;
// Chromium has no sandbox as root, and its background requests only log errors without a network.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Starts the inspector's web server; returns its address, its token and a function that stops it. */
async function inspector() {
  const [port, sandboxPort, token] = [await freePort(), await freePort(), randomBytes(16).toString('hex')];
  const settings = {
    HOST: '127.0.0.1',
    CLIENT_PORT: String(port),
    MCP_SANDBOX_PORT: String(sandboxPort),
    MCP_AUTO_OPEN_ENABLED: 'false',
    MCP_INSPECTOR_API_TOKEN: token,
    MCP_INSPECTOR_SECRET_STORE: 'memory',
    MCP_CATALOG_PATH: `${picture}.catalog.json`,
  };
  const web = spawn(process.execPath, [LAUNCHER, '--web'], { env: { ...process.env, ...settings } });
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the inspector did not start')), START_MAX_MS);
    const seen = (text) => String(text).includes('up and running') && (clearTimeout(late), resolve());
    web.stdout.on('data', seen);
    web.stderr.on('data', seen);
    web.once('exit', (code) => reject(new Error(`the inspector ended with ${code}`)));
  });
  web.removeAllListeners('exit');
  return { address: `http://127.0.0.1:${port}`, token, stop: () => web.kill() };
}

async function drive(page, { address, token }) {
  const link = new URLSearchParams({ serverUrl, transport: 'http', autoConnect: token, MCP_INSPECTOR_API_TOKEN: token });
  await page.goto(`${address}/?${link}`);
  await page.waitForSelector('[data-testid="connection-status"][data-status="connected"]');
  console.log('connected');
  await page.getByRole('banner').getByText('Tools', { exact: true }).click();
  const listed = await page.getByText(/^Tools \(\d+\)$/).innerText();
  console.log(`listed: ${listed}`);
  await page.getByText('find_contact_by_email', { exact: true }).first().click();
  await page.getByLabel('email', { exact: false }).first().fill('sarah@gmail.com');
  await page.getByRole('button', { name: 'Execute Tool' }).click();
  await page.getByText('contact_first_name').first().waitFor();
  console.log('called: find_contact_by_email');
}

const web = await inspector();
const browser = await chromium.launch({ executablePath, args: QUIET });
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(STEP_MAX_MS);
  // The picture is taken after a failure too.
  await drive(page, web).finally(() => page.screenshot({ path: picture }));
} finally {
  await browser.close();
  web.stop();
}
