// Talks of customers: the flows of the seed documents, two at once, reloads, tabs, and a network that goes away.

import { Customer, expect } from './customer.mjs';

const once = (messages, words) => messages.filter((one) => one.includes(words)).length === 1;

/** The product question, the ticket and the meeting of the first seed, by words and by buttons. */
export async function seedOfTheFrontDesk({ browser, desk, people, output }) {
  const context = await browser.newContext({ viewport: { width: 1000, height: 780 }, timezoneId: 'America/New_York' });
  const customer = await Customer.open(context, desk);
  await customer.shot(output, 'welcome');
  await customer.say('I want to know more about your product: Adam', 'ADAM');
  await customer.say('How much is the Adam?', 'price');
  await customer.shot(output, 'question');
  await customer.say('I have an issue in installing the DUST-E robot', 'e-mail');
  await customer.say('sarah@gmail.com', 'Shall I open a ticket');
  await customer.pick('Yes', 'I have opened');
  await customer.shot(output, 'ticket');
  await people.newest('tickets', 'content', 'installing the DUST-E robot');
  await customer.say('I want to book a meeting', 'Which day suits you');
  await customer.shot(output, 'meeting');
  await customer.pick((await customer.choices())[1], 'Which time suits you?');
  await customer.shot(output, 'times');
  await customer.pick((await customer.choices())[0], 'How many minutes');
  await customer.pick('30', 'name');
  await customer.say('Sarah Mark', 'Shall I book');
  await customer.pick('Yes', 'It is booked');
  await customer.shot(output, 'booked');
  await customer.close();
}

/** The welcomes of the seeds in Danish and French, and the hand-off of the Italian one, in the browser's language. */
export async function seedsInOtherLanguages({ browser, desk, output }) {
  for (const [locale, words, choice, person] of [
    ['da-DK', 'Hvad kan jeg hjælpe med?', 'En person, tak', 'Tal med en person'],
    ['fr-FR', 'Que puis-je faire pour vous ?', "Une personne, s'il vous plaît", 'Parler à une personne'],
    ['it-IT', 'Come posso aiutarla?', 'Una persona, per favore', 'Parla con una persona'],
    ['de-DE', 'Was kann ich für Sie tun?', 'Eine Person, bitte', 'Mit einer Person sprechen'],
  ]) {
    const context = await browser.newContext({ locale, viewport: { width: 390, height: 844 } });
    const customer = await Customer.open(context, desk);
    expect((await customer.messages())[0].includes(words), `a welcome in ${locale}`, await customer.messages());
    expect((await customer.choices()).includes(choice), `choices in ${locale}`, await customer.choices());
    await customer.page.getByRole('button', { name: person, exact: true }).waitFor();
    await customer.shot(output, `welcome-${locale}`);
    await customer.close();
  }
}

export async function twoVisitorsAtOnce({ browser, desk }) {
  const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
  const [ann, ben] = await Promise.all(contexts.map((context) => Customer.open(context, desk)));
  await Promise.all([ann.say('How much is the Adam?', 'price'), ben.say('I have a problem with my robot', 'e-mail')]);
  const [ofAnn, ofBen] = await Promise.all([ann.messages(), ben.messages()]);
  expect(!ofAnn.some((one) => one.includes('problem with my robot')), 'Ann sees nothing of Ben', ofAnn);
  expect(!ofBen.some((one) => one.includes('Adam?')), 'Ben sees nothing of Ann', ofBen);
  await ann.close();
  await ben.close();
}

export async function aReloadLosesNothing({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  await customer.say('How much is the Adam?', 'price');
  const before = await customer.messages();
  await customer.page.reload();
  await customer.greeted();
  await customer.sees('price');
  expect(JSON.stringify(await customer.messages()) === JSON.stringify(before), 'the same after a reload', await customer.messages());
  await customer.close();
}

export async function twoTabsOfOneVisitor({ browser, desk }) {
  const context = await browser.newContext();
  const [one, other] = await Promise.all([Customer.open(context, desk), Customer.open(context, desk)]);
  await one.say('How much is the Adam?', 'price');
  await other.sees('price');
  await other.say('How long is the delivery?', 'Did that help');
  await one.sees('Did that help');
  const [first, second] = [await one.messages(), await other.messages()];
  expect(JSON.stringify(first) === JSON.stringify(second), 'both tabs show the same', [first, second]);
  expect(once(first, 'visitor: How much is the Adam?'), 'each message once', first);
  await one.close();
  await other.close();
}

/** What is written without a network is kept, over a reload too, and sent once. */
export async function aNetworkThatGoesAway({ browser, desk, output }) {
  const context = await browser.newContext({ viewport: { width: 390, height: 700 } });
  const customer = await Customer.open(context, desk);
  await context.setOffline(true);
  await customer.type('How much is the Adam?');
  await customer.page.locator('#alert').filter({ hasText: 'No connection' }).waitFor();
  await customer.shot(output, 'offline');
  await context.setOffline(false);
  await customer.sees('price');
  await customer.page.locator('#alert:empty').waitFor({ state: 'attached' });
  expect(once(await customer.messages(), 'visitor: How much is the Adam?'), 'sent once', await customer.messages());
  // Of one message the answer is lost, and another one is lost on its way.
  for (const [words, reaches] of [['How long is the delivery?', true], ['Where is the milk tea shop?', false]]) {
    let sent = 0;
    await context.route('**/chat/api/send', async (route) => {
      if (sent++ > 0) return route.continue();
      if (reaches) await route.fetch();
      return route.abort();
    });
    await customer.say(words, 'Did that help');
    expect(reaches || sent > 1, 'what was lost is sent again', sent);
    expect(once(await customer.messages(), `visitor: ${words}`), 'and taken once', await customer.messages());
    await context.unroute('**/chat/api/send');
  }
  // A reload while a message waits.
  await context.route('**/chat/api/send', (route) => route.abort());
  await customer.type('What can DUST-E do?');
  await customer.page.locator('.pending').waitFor();
  await context.unroute('**/chat/api/send');
  await customer.page.reload();
  await customer.page.locator('#log article:last-of-type.desk').waitFor();
  await customer.sees(/./);
  const messages = await customer.messages();
  expect(once(messages, 'visitor: What can DUST-E do?'), 'what waited was sent once after the reload', messages);
  await customer.close();
}

/** What two tabs write without a network is sent by each, once. */
export async function twoTabsWithoutANetwork({ browser, desk }) {
  const context = await browser.newContext();
  const [one, other] = await Promise.all([Customer.open(context, desk), Customer.open(context, desk)]);
  await context.setOffline(true);
  await one.type('How much is the Adam?');
  await other.type('How long is the delivery?');
  await Promise.all([one, other].map(({ page }) => page.locator('.pending').waitFor()));
  await context.setOffline(false);
  await Promise.all([one, other].map(({ page }) => page.locator('.pending').waitFor({ state: 'detached' })));
  for (const words of ['How much is the Adam?', 'How long is the delivery?']) {
    await other.page.locator('#log article.visitor').filter({ hasText: words }).waitFor();
    expect(once(await other.messages(), `visitor: ${words}`), 'each is sent once', await other.messages());
  }
  await one.close();
  await other.close();
}

/** Tabs that nobody looks at leave the connections of the browser to the one that is looked at. */
export async function manyTabsOfOneVisitor({ browser, desk }) {
  const context = await browser.newContext();
  const first = await Customer.open(context, desk);
  let looks = 0;
  for (let tab = 0; tab < 7; tab += 1) {
    const page = await context.newPage();
    await page.addInitScript(() => Object.defineProperty(document, 'hidden', { get: () => true }));
    page.on('request', (request) => request.url().includes('/api/events') && (looks += 1));
    await page.goto(`${desk}/chat`);
  }
  await first.say('How much is the Adam?', 'price');
  await first.say('How long is the delivery?', 'Did that help');
  expect(looks < 30, 'hidden tabs look now and then', looks);
  await first.close();
}

/** More files than one message takes are said to be too many, and none of them is lost unsaid. */
export async function tooManyFiles({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  const file = (number) => ({ name: `${number}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') });
  await customer.page.locator('#files').setInputFiles([1, 2, 3, 4, 5, 6].map(file));
  await customer.page.locator('#alert').filter({ hasText: 'five files' }).waitFor();
  await customer.say('How much is the Adam?', 'price');
  expect((await customer.page.locator('#alert').innerText()) === '', 'the alert goes with the next message');
  await customer.close();
}

/** A conversation that the server has forgotten goes on as a new one, with the words that were just written. */
export async function aForgottenConversation({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  const session = await customer.page.evaluate(() => localStorage.getItem('frontdesk-chat-session'));
  const ended = await fetch(`${desk}/chat/api/end`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(ended.ok, 'it is ended', ended.status);
  await customer.page.getByRole('button', { name: 'New conversation' }).click();
  await customer.greeted();
  await customer.say('How much is the Adam?', 'price');
  await customer.close();
}
