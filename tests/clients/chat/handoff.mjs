// A customer asks for a person, who takes the conversation, answers, and gives it back.

import { Customer, expect } from './customer.mjs';

async function askForPerson(customer, words) {
  await customer.say(words, /./);
  await customer.page.getByRole('button', { name: 'Talk to a person' }).click();
  await customer.sees('e-mail');
  await customer.say('sarah@gmail.com', /\?/);
  await customer.pick('Yes', 'I have passed this on to a colleague.');
}

export async function aPersonAndBack({ browser, desk, people, output }) {
  const context = await browser.newContext({ viewport: { width: 900, height: 760 } });
  const customer = await Customer.open(context, desk);
  await askForPerson(customer, 'Purple lamp is blinking');
  await customer.page.locator('#status').filter({ hasText: 'Waiting for a colleague' }).waitFor();
  expect((await customer.status()).includes('People answer'), 'the hours are told', await customer.status());
  await customer.shot(output, 'waiting');
  const ticket = (await people.newest('tickets', 'content', 'Purple lamp')).id;
  await people.write(ticket, 'Hello Sarah, this is Mei. Is the lamp on the left?');
  await customer.sees('Is the lamp on the left?');
  await customer.page.locator('#status').filter({ hasText: 'You are talking with Mei Tanaka' }).waitFor();
  await customer.type('Yes, on the left');
  await people.newest('notes', 'hs_note_body', 'Yes, on the left');
  await customer.page.locator('#files').setInputFiles({
    name: 'lamp.png',
    mimeType: 'image/png',
    buffer: Buffer.from('iVBORw0KGgo=', 'base64'),
  });
  await customer.sees('lamp.png');
  expect((await customer.violations()).length === 0, 'no violations with a person', await customer.violations());
  await customer.shot(output, 'person');
  await customer.page.reload();
  await customer.page.locator('#status').filter({ hasText: 'You are talking with Mei Tanaka' }).waitFor();
  await people.closeTicket(ticket);
  await customer.sees('has ended');
  await customer.page.getByRole('button', { name: 'Talk to a person' }).waitFor();
  await customer.say('How much is the Adam?', 'price');
  await customer.shot(output, 'back');
  await customer.close();
}

export async function backBeforeAnybodyAnswers({ browser, desk, people }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  await askForPerson(customer, 'Green lamp is blinking');
  const ticket = (await people.newest('tickets', 'content', 'Green lamp')).id;
  await customer.page.getByRole('button', { name: 'Back to the assistant' }).click();
  await customer.sees('The assistant answers again.');
  await people.newest('notes', 'hs_note_body', 'The customer has left the chat.');
  const { properties } = await people.ask('GET', `/crm/v3/objects/tickets/${ticket}?properties=hs_pipeline_stage`);
  expect(properties.hs_pipeline_stage !== '4', 'the ticket stays open', properties);
  await customer.close();
}
