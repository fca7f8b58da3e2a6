// The chat page in a headless Chromium, driven as customers use it; pictures are kept.
//
//   node drive.mjs PLACE [NAME...]
//
// PLACE is JSON: the addresses of desk and HubSpot, its token, the browser, the folder of pictures, what the shop's page
// needs, and the addresses of the three sides and of the staff's assistant. Names choose some of the scenes.

import { chromium } from 'playwright-core';

import * as access from './access.mjs';
import * as assistant from './assistant.mjs';
import * as embed from './embed.mjs';
import * as handoff from './handoff.mjs';
import * as hostile from './hostile.mjs';
import * as outbox from './outbox.mjs';
import * as panes from './panes.mjs';
import * as talk from './talk.mjs';
import { People } from './people.mjs';

const [given, ...names] = process.argv.slice(2);
const { desk, hubspot, token, executablePath, output, shopPort, claimSecret, panes: panesAddress, office } = JSON.parse(given);
const SCENE_MAX_MS = 120_000;
// Chromium has no sandbox as root, and its background requests only log errors without a network.
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const scenes = Object.entries({ ...talk, ...outbox, ...handoff, ...embed, ...access, ...hostile, ...panes, ...assistant });
const chosen = scenes.filter(([name]) => names.length === 0 || names.some((part) => name.includes(part)));
const browser = await chromium.launch({ executablePath, args: ARGS });
const people = new People(hubspot, token);
let addresses = 0;
/** Each context is a customer at an address of their own, as a proxy in front tells the desk. */
const customers = {
  newContext: (options = {}) =>
    browser.newContext({ ...options, extraHTTPHeaders: { 'x-forwarded-for': `10.0.0.${++addresses}` } }),
};
const place = { browser: customers, chromium, executablePath, args: ARGS, desk, people, output, shopPort, claimSecret, panes: panesAddress, office };
let failed = 0;
for (const [name, scene] of chosen) {
  const began = Date.now();
  const late = new Promise((_, reject) => setTimeout(reject, SCENE_MAX_MS, new Error('it took too long')).unref());
  try {
    await Promise.race([scene(place), late]);
    console.log(`${name}: as expected (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error.message.split('\n').slice(0, 12).join('\n')}`);
    for (const context of browser.contexts()) {
      for (const page of context.pages()) await page.screenshot({ path: `${output}/failed-${name}.png` }).catch(() => {});
    }
  } finally {
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
}
await browser.close();
process.exit(failed ? 1 : 0);
