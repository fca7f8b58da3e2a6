// The words of customers that do not reach the conversation at once: late answers, refusals, and what is not sent yet.

import { Customer, expect } from './customer.mjs';

const once = (messages, words) => messages.filter((one) => one.includes(words)).length === 1;

/** Begins a conversation and makes it the one of the browser, as another tab does. */
async function switchTo(context, desk) {
  const started = await fetch(`${desk}/chat/api/start`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const { session } = await started.json();
  const tab = await context.newPage();
  await tab.goto(`${desk}/chat.js`);
  await tab.evaluate((session) => localStorage.setItem('frontdesk-chat-session', session), session);
  await tab.close();
}

/** The answer to a message comes after another tab has begun another conversation: it says nothing about that one. */
export async function aLateAnswerOfAnotherConversation({ browser, desk }) {
  for (const late of [{ status: 200, json: { number: 1, already: false } }, { status: 404, json: {} }, { status: 409, json: { code: 'TOO_LONG' } }]) {
    const context = await browser.newContext();
    const customer = await Customer.open(context, desk);
    let release;
    const isReleased = new Promise((resolve) => (release = resolve));
    let asked = 0;
    await context.route('**/chat/api/send', async (route) => {
      if (asked++ > 0) return route.continue();
      await isReleased;
      return route.fulfill(late);
    });
    await customer.type('How much is the Adam?');
    await customer.page.locator('.pending').waitFor();
    await switchTo(context, desk);
    await customer.page.waitForFunction(() => document.querySelectorAll('#log article.desk').length === 1);
    release();
    await customer.sees('price');
    const messages = await customer.messages();
    expect(once(messages, 'visitor: How much is the Adam?'), `it is said once in the new conversation: ${late.status}`, messages);
    expect(!(await customer.page.locator('#restart').isVisible()), 'the new conversation is not full');
    await customer.close();
  }
}

/** What the one before had taken and not shown does not stay at the end of the new one. */
export async function whatWasTakenAndNotShown({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  await context.route('**/chat/api/events*', (route) => route.abort());
  await customer.page.evaluate(() => window.dispatchEvent(new Event('online')));
  const sent = customer.page.waitForResponse('**/chat/api/send');
  await customer.type('How much is the Adam?');
  await sent;
  await switchTo(context, desk);
  await context.unroute('**/chat/api/events*');
  await customer.sees('price');
  expect(once(await customer.messages(), 'visitor: How much is the Adam?'), 'once', await customer.messages());
  await customer.close();
}

/** A message for which the conversation has no room stays with the reason, over a reload too, and comes back into the input. */
export async function aConversationThatIsFull({ browser, desk, output }) {
  const context = await browser.newContext({ viewport: { width: 500, height: 700 } });
  const customer = await Customer.open(context, desk);
  const refusal = { status: 409, json: { code: 'TOO_LONG', message: 'too long', hint: 'begin another one' } };
  await context.route('**/chat/api/send', (route) => route.fulfill(refusal));
  await customer.type('A long story about my robot');
  const note = customer.page.locator('.pending .note').filter({ hasText: 'has become very long' });
  await note.waitFor();
  await customer.shot(output, 'full');
  await customer.page.reload();
  await note.waitFor();
  await context.unroute('**/chat/api/send');
  await customer.page.getByRole('button', { name: 'New conversation' }).click();
  await customer.greeted();
  expect((await customer.page.inputValue('#text')) === 'A long story about my robot', 'the words are in the input', await customer.page.inputValue('#text'));
  expect((await customer.page.locator('.pending').count()) === 0, 'and not in the conversation');
  await customer.say('How much is the Adam?', 'price');
  await customer.close();
}

/** More than a message can have is not cut: it stays in the input, and the customer is told how long it is. */
export async function aMessageThatIsTooLong({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  const long = `How much is the Adam? ${'😀'.repeat(4_000)}`;
  await customer.type(long);
  await customer.page.locator('#alert').filter({ hasText: 'this one has 4,022' }).waitFor();
  expect((await customer.page.inputValue('#text')) === long, 'nothing is cut off');
  await customer.say('How much is the Adam?', 'price');
  expect((await customer.page.locator('#alert').innerText()) === '', 'the alert goes with the next message');
  await customer.say(`How much is the Adam? ${'😀'.repeat(3_900)}`, /./);
  expect((await customer.page.locator('.pending').count()) === 0, 'letters are counted as the server counts them');
  await customer.close();
}

/** What is written and not sent is there after a reload. */
export async function aDraftOutlivesAReload({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  await customer.page.locator('#text').fill('My robot has\nlost a wheel');
  await customer.page.reload();
  await customer.greeted();
  expect((await customer.page.inputValue('#text')) === 'My robot has\nlost a wheel', 'it is there');
  await customer.page.locator('#text').press('Enter');
  await customer.sees(/./);
  await customer.page.reload();
  await customer.page.locator('#log article.visitor').waitFor();
  expect((await customer.page.inputValue('#text')) === '', 'what was sent is no draft');
  await customer.close();
}

/** What an earlier version, or somebody else, has left in the browser's storage does not keep the page from its visitor. */
export async function whatIsStoredAndCannotBeRead({ browser, desk }) {
  for (const left of ['{"items":', 'null', '[]', '{"items":[null,1,{"body":null},{"body":{"text":"no id"}}]}', '{"items":{}}']) {
    const context = await browser.newContext();
    await context.addInitScript((left) => {
      sessionStorage.setItem('frontdesk-chat-outbox', left);
      localStorage.setItem('frontdesk-chat-session', 'a secret that opens nothing');
    }, left);
    const customer = await Customer.open(context, desk);
    await customer.say('How much is the Adam?', 'price');
    await customer.close();
  }
}
