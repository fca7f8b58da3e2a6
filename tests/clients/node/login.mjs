// HubSpot's authorize page of the embedded HubSpot in a headless Chromium: a person reads it and connects the app.
//
//   node login.mjs ADDRESS CHROMIUM PICTURE BUTTON

import { chromium } from 'playwright-core';

const [address, executablePath, picture, button] = process.argv.slice(2);
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

async function drive(page) {
  await page.goto(address);
  const account = await page.locator('#account').innerText();
  const scopes = await page.locator('#scopes li').allInnerTexts();
  console.log(`asked: account ${account}, ${scopes.length} scopes`);
  await page.getByLabel('User').selectOption({ label: 'Daniel Ortiz (daniel.ortiz@richtech.example)' });
  await page.screenshot({ path: picture });
  await page.getByRole('button', { name: button }).click();
  console.log(`answered: ${await page.locator('#answer').innerText()}`);
}

const browser = await chromium.launch({ executablePath, args: QUIET });
try {
  // The page works without script, as HubSpot's own need not.
  const page = await browser.newPage({ javaScriptEnabled: false });
  page.setDefaultTimeout(STEP_MAX_MS);
  await drive(page);
} finally {
  await browser.close();
}
