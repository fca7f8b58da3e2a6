// The contact assistant: staff sign in with a token, and search, add and change contacts.

import { Customer, STEP_MAX_MS, expect } from './customer.mjs';

/** Opens the page; the token is asked for first. */
async function opened(browser, office, options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 760 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_MAX_MS);
  const staff = new Customer(page);
  page.on('pageerror', (error) => (staff.broken = error));
  await page.goto(`${office.address}/assistant`);
  await page.locator('#token').waitFor();
  expect(!(await page.locator('#person').isVisible()), 'no person is offered before anybody has signed in');
  return staff;
}

async function signIn(staff, token) {
  await staff.page.locator('#token').fill(token);
  await staff.page.keyboard.press('Enter');
}

/** Says something, and waits for the answer; its words. */
async function told(staff, words) {
  const answers = staff.page.locator('#log article.desk');
  const before = await answers.count();
  await staff.type(words);
  await answers.nth(before).waitFor();
  await staff.page.locator('.typing').waitFor({ state: 'detached' });
  return answers.last().innerText();
}

/** Agrees, where it is asked. */
async function agree(staff, yes) {
  if ((await staff.choices()).includes(yes)) await told(staff, yes);
}

/** The flows of the contact seeds, in their languages and in English. */
export async function seedsOfTheContactAssistant({ browser, office, output }) {
  for (const [locale, buttons, yes] of [
    ['en-US', ['Search for a contact', 'Create a new contact', 'Update a contact'], 'Yes'],
    ['da-DK', ['Søg efter kontakt', 'Opret ny kontakt', 'Opdater kontakt'], 'Ja'],
    ['fr-FR', ['Rechercher un contact', 'Créer un contact', 'Mettre à jour un contact'], 'Oui'],
  ]) {
    const staff = await opened(browser, office, { locale });
    await signIn(staff, office.token);
    await staff.greeted();
    const choices = await staff.choices();
    for (const button of buttons) expect(choices.includes(button), `${button} in ${locale}`, choices);
    await staff.shot(output, `assistant-${locale}`);
    await staff.page.getByRole('button', { name: buttons[0], exact: true }).click();
    await staff.page.locator('#log article.desk').nth(1).waitFor();
    const found = await told(staff, 'sarah@gmail.com');
    expect(found.includes('Sarah Mark') && found.includes('ClouTea'), 'somebody is found', found);
    const email = `ada.${locale.toLowerCase()}@acme.example`;
    await told(staff, buttons[1]);
    await told(staff, `Ada Byron, ${email}, +45 12 34 56 78`);
    await agree(staff, yes);
    await staff.shot(output, `assistant-added-${locale}`);
    await told(staff, buttons[2]);
    await told(staff, email);
    await told(staff, '+1 617 555 0188');
    await agree(staff, yes);
    await told(staff, buttons[0]);
    const changed = await told(staff, email);
    expect(changed.replaceAll(' ', '').includes('0188'), 'the number was changed', changed);
    await staff.shot(output, `assistant-done-${locale}`);
    await staff.close();
  }
}

export async function aTokenIsAskedForAndStaysInItsTab({ browser, office, output }) {
  const staff = await opened(browser, office);
  expect(!(await staff.page.locator('#composer').isVisible()), 'nothing can be written before');
  expect((await staff.violations()).length === 0, 'no violations while signing in', await staff.violations());
  await staff.shot(output, 'assistant-sign-in');
  await signIn(staff, 'wrong-0123456789abcdef');
  await staff.page.locator('#alert').filter({ hasText: 'does not know this token' }).waitFor();
  await signIn(staff, office.token);
  await staff.greeted();
  expect(!(await staff.page.getByRole('button', { name: 'Talk to a person' }).isVisible()), 'staff are people themselves');
  expect(!(await staff.choices()).includes('A person, please'), 'nor are they offered one', await staff.choices());
  await staff.say('Who is Sarah Mark?', 'sarah@gmail.com');
  expect((await staff.violations()).length === 0, 'no violations', await staff.violations());
  await staff.page.reload();
  await staff.sees('sarah@gmail.com');
  const kept = await staff.page.evaluate((token) => JSON.stringify(localStorage).includes(token), office.token);
  expect(!kept, 'the token is in this tab alone');
  const other = await staff.page.context().newPage();
  await other.goto(`${office.address}/assistant`);
  await other.locator('#token').waitFor();
  await other.close();
  await staff.close();
}
