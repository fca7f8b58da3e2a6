// The chat on a page of another origin, with third-party cookies off, and a customer whom that page knows.

import { createHmac } from 'node:crypto';
import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Customer, expect } from './customer.mjs';

/** Blocks the cookies of third parties, as people choose in the settings. */
const BLOCK_THIRD_PARTIES = 1;

/** The shop's server, which signs who its customer is. */
function shop(port, desk, claimed) {
  const script = () => {
    const signed = claimed?.();
    return `<script src="${desk}/chat.js" ${signed ? `data-claim="${signed}"` : ''} async></script>`;
  };
  const page = () => `<!doctype html><html lang="en"><title>Shop</title><meta name="viewport" content="width=device-width">
    <main><h1>A shop</h1><p>Robots, and what they need.</p></main>${script()}`;
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    // As strict as a careful shop is: only the chat's script and frame.
    response.setHeader('content-security-policy', `default-src 'none'; script-src ${desk}; frame-src ${desk}; img-src 'self'`);
    response.end(page());
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

function claim(email, secret) {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ email, exp: Math.floor(Date.now() / 1000) + 600 })}`;
  return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
}

async function privateContext({ chromium, executablePath, args }, options) {
  const folder = mkdtempSync(join(tmpdir(), 'chat-page-'));
  mkdirSync(join(folder, 'Default'));
  const preferences = { profile: { cookie_controls_mode: BLOCK_THIRD_PARTIES, block_third_party_cookies: true } };
  writeFileSync(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  return chromium.launchPersistentContext(folder, { executablePath, args, ...options });
}

async function openChat(page) {
  await page.getByRole('button', { name: 'Open the chat' }).click();
  const element = page.locator('iframe[title="Chat"]');
  await element.waitFor();
  const customer = new Customer(page, await (await element.elementHandle()).contentFrame());
  await customer.greeted();
  return customer;
}

export async function onAnotherOriginWithoutCookies(place) {
  const { desk, output, shopPort } = place;
  const server = await shop(shopPort, desk);
  const context = await privateContext(place, { viewport: { width: 1100, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${shopPort}/`);
    const customer = await openChat(page);
    // A browser without third-party cookies gives a frame of another site no storage of its own either.
    const storage = await customer.frame.evaluate(() => {
      try {
        return typeof window.localStorage;
      } catch (refused) {
        return refused.name;
      }
    });
    expect(storage === 'SecurityError', 'the storage of third parties is off', storage);
    await customer.say('How much is the Adam?', 'price');
    await customer.shot(output, 'embedded');
    expect((await customer.violations()).length === 0, 'no violations in the frame', await customer.violations());
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Open the chat' }).waitFor();
    await page.getByRole('button', { name: 'Open the chat' }).click();
    await customer.sees('price');
    await page.reload();
    const again = await openChat(page);
    await again.sees('price');
    await page.setViewportSize({ width: 360, height: 640 });
    await customer.shot(output, 'embedded-narrow');
  } finally {
    await context.close();
    server.close();
  }
}

export async function aCustomerWhomThePageKnows(place) {
  const { browser, desk, output, shopPort, claimSecret } = place;
  const server = await shop(shopPort, desk, () => claim('sarah@gmail.com', claimSecret));
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${shopPort}/`);
    const customer = await openChat(page);
    await customer.say('My data', 'Sarah');
    await customer.shot(output, 'verified');
  } finally {
    await context.close();
    server.close();
  }
}

/** Who comes after a customer in the same browser sees nothing of theirs: another customer, and nobody in particular. */
export async function theNextOneInTheSameBrowser(place) {
  const { browser, desk, shopPort, claimSecret } = place;
  let who = 'sarah@gmail.com';
  const server = await shop(shopPort, desk, () => who && claim(who, who === 'expired' ? 'wrong' : claimSecret));
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${shopPort}/`);
    await (await openChat(page)).say('My data', 'Sarah');
    for (const next of ['mia@example.com', '', 'expired', 'sarah@gmail.com']) {
      who = next;
      await page.reload();
      const customer = await openChat(page);
      const messages = await customer.messages();
      expect(messages.length === 1, `a new conversation for “${next}”`, messages);
    }
    const customer = new Customer(page, await (await page.locator('iframe[title="Chat"]').elementHandle()).contentFrame());
    await customer.say('My data', 'Sarah');
    await page.reload();
    await (await openChat(page)).sees('Sarah');
  } finally {
    await context.close();
    server.close();
  }
}

/** In the head of a page, before there is a body to put the button into. */
export async function inTheHeadOfAPage({ browser, desk, shopPort }) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.write(`<!doctype html><html lang="en"><head><title>Shop</title><script src="${desk}/chat.js"></script>`);
    setTimeout(() => response.end('</head><body><h1>A shop</h1></body></html>'), 1_000);
  });
  await new Promise((resolve) => server.listen(shopPort, '127.0.0.1', resolve));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${shopPort}/`);
    await openChat(page);
  } finally {
    await context.close();
    server.close();
  }
}

export async function noOtherPageShowsIt({ browser, desk }) {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>x</title><iframe src="${desk}/chat"></iframe>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const refused = new Promise((resolve) => page.on('console', (line) => line.text().includes('frame-ancestors') && resolve(true)));
    await page.goto(`http://localhost:${server.address().port}/`);
    const late = new Promise((resolve) => setTimeout(() => resolve(false), 10_000));
    expect(await Promise.race([refused, late]), 'the browser refuses the frame');
  } finally {
    await context.close();
    server.close();
  }
}
