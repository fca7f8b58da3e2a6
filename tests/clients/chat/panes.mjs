// The three sides at once: a newcomer is the customer in the one, a colleague in the next, and sees HubSpot in the third.

import axe from 'axe-core';

import { Customer, STEP_MAX_MS, expect } from './customer.mjs';

async function opened(browser, panes, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MAX_MS);
  let broken = null;
  page.on('pageerror', (error) => (broken = error));
  await page.goto(`${panes}/`);
  const customer = new Customer(page, page.frameLocator('#chat'));
  // axe and other scripts run in the page's own documents.
  await customer.greeted();
  const close = async () => {
    await page.close();
    expect(!broken, 'no script of the page fails', String(broken));
  };
  return { page, customer, close };
}

const sees = (page, place, words) => page.locator(place).filter({ hasText: words }).first().waitFor();

export async function threeSidesOfOneConversation({ browser, panes, output }) {
  const { page, customer, close } = await opened(browser, panes);
  await customer.say('My robot has lost a wheel', 'e-mail');
  await sees(page, '#decisions', 'the customer wants');
  await customer.frame.getByRole('button', { name: 'Talk to a person' }).click();
  await customer.sees('e-mail');
  await customer.say('sarah@gmail.com', /\?/);
  await customer.pick('Yes', 'I have passed this on to a colleague.');
  await sees(page, '#inbox .waits, #inbox li', 'Sarah Mark');
  await sees(page, '#messages', 'My robot has lost a wheel');
  await sees(page, '#feed', 'ticket');
  await page.getByRole('combobox', { name: 'You are' }).selectOption({ label: 'Mei Tanaka' });
  await page.getByRole('button', { name: 'Take it' }).click();
  await sees(page, '#opened-state', 'Mei Tanaka');
  await page.getByRole('textbox', { name: 'Answer to the customer' }).fill('Hello Sarah, this is Mei. Is it the left one?');
  await page.keyboard.press('Enter');
  await customer.sees('Is it the left one?');
  await customer.frame.locator('#status').filter({ hasText: 'Mei Tanaka' }).waitFor();
  await customer.type('Yes, on the left');
  await sees(page, '#messages', 'Yes, on the left');
  const spent = await page.locator('#spent').innerText();
  expect(/^[1-9]\d* requests spent$/.test(spent), 'requests are counted', spent);
  await page.screenshot({ path: `${output}/panes.png`, animations: 'disabled' });
  const evil = '<img src=x onerror="window.evil=1"><b>Bold</b>';
  await customer.type(`${evil} customer`);
  await sees(page, '#messages', `${evil} customer`);
  await page.getByRole('textbox', { name: 'Answer to the customer' }).fill(`${evil} colleague`);
  await page.keyboard.press('Enter');
  await customer.sees(`${evil} colleague`);
  expect((await page.locator('main img, main section b').count()) === 1, 'text stays text: the hint alone has a bold word');
  expect((await page.evaluate(() => window.evil)) === undefined, 'nothing of it ran');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await customer.sees('has ended');
  await sees(page, '#opened-state', 'Closed');
  await close();
}

export async function threeSidesWithoutViolations({ browser, panes, output }) {
  for (const [name, options] of [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 320, height: 568 } }],
    ['contrast', { forcedColors: 'active' }],
  ]) {
    const { page, customer, close } = await opened(browser, panes, options);
    await customer.say('How much is the Adam?', 'price');
    await page.locator('#inbox button').first().click();
    await page.locator('#messages article').first().waitFor();
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
    expect(fits, `nothing is wider than the screen: ${name}`);
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => window.axe.run(document, { iframes: false }));
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    expect(told.length === 0, `no violations: ${name}`, told);
    await page.screenshot({ path: `${output}/panes-${name}.png`, animations: 'disabled' });
    await close();
  }
}

/** Another customer begins anew; the colleague still sees the first one's ticket. */
export async function anotherCustomer({ browser, panes }) {
  const { page, customer, close } = await opened(browser, panes);
  await customer.say('How long is the delivery?', 'Did that help');
  await page.getByRole('button', { name: 'Another customer' }).click();
  await customer.frame.locator('#log article').nth(1).waitFor({ state: 'detached' });
  await customer.greeted();
  const messages = await customer.frame.locator('#log article').count();
  expect(messages === 1, 'a conversation of their own', messages);
  await close();
}
