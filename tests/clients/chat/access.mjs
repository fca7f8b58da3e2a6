// The page for everybody: by keyboard, on a narrow screen, in the dark, by a screen reader, without a script.

import { Customer, expect } from './customer.mjs';

export async function byKeyboardAlone({ browser, desk, output }) {
  const context = await browser.newContext({ viewport: { width: 700, height: 700 } });
  const customer = await Customer.open(context, desk);
  const { page } = customer;
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  expect((await focused()) === 'text', 'the focus begins in the text', await focused());
  await page.keyboard.type('I have an issue in installing the DUST-E robot');
  await page.keyboard.press('Enter');
  await customer.sees('e-mail');
  await page.keyboard.type('sarah@gmail.com');
  await page.keyboard.press('Enter');
  await customer.sees('Shall I open a ticket');
  for (let steps = 0; (await focused()) !== 'Yes'; steps++) {
    expect(steps < 10, 'Yes is reached by Shift+Tab', await focused());
    await page.keyboard.press('Shift+Tab');
  }
  await customer.shot(output, 'keyboard');
  await page.keyboard.press('Enter');
  await customer.sees('I have opened');
  expect((await focused()) === 'text', 'the focus is back in the text', await focused());
  const seen = [];
  for (let steps = 0; steps < 12; steps++) {
    await page.keyboard.press('Tab');
    seen.push(await focused());
  }
  for (const name of ['person', 'log', 'text', 'send']) expect(seen.includes(name), `${name} is reached by Tab`, seen);
  // Else a button that gets the focus could scroll head and input out of sight.
  const longer = await page.evaluate(() => ['html', '#chat', 'main'].filter((name) => {
    const { scrollHeight, clientHeight } = document.querySelector(name);
    return scrollHeight > clientHeight;
  }));
  expect(longer.length === 0, 'only the messages scroll', longer);
  await page.locator('#text').focus();
  await page.keyboard.type('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  expect((await page.inputValue('#text')) === 'one\ntwo', 'Shift+Enter begins a line');
  await customer.close();
}

export async function onTheNarrowestScreen({ browser, desk, output }) {
  const context = await browser.newContext({ viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true });
  const customer = await Customer.open(context, desk);
  const fits = () => customer.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
  expect(await fits(), 'nothing is wider than the screen');
  const top = await customer.page.locator('#log article').first().boundingBox();
  expect(top.y >= 0 && top.y < 200, 'the greeting is seen first', top);
  await customer.shot(output, 'narrow');
  await customer.say(`My robot ${'x'.repeat(200)} https://example.com/${'y'.repeat(200)}`, /./);
  expect(await fits(), 'nor a long word');
  const small = await customer.page.locator('button:visible').evaluateAll((all) =>
    all.map((one) => one.getBoundingClientRect()).filter(({ width, height }) => width < 24 || height < 24),
  );
  expect(small.length === 0, 'buttons are large enough', small);
  await customer.shot(output, 'narrow-long');
  await customer.close();
}

export async function withoutViolations({ browser, desk, output }) {
  for (const [name, options] of [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 320, height: 568 } }],
    ['contrast', { forcedColors: 'active' }],
  ]) {
    const context = await browser.newContext({ viewport: { width: 900, height: 700 }, ...options });
    const customer = await Customer.open(context, desk);
    await customer.say('I have a problem with my robot', 'e-mail');
    const violations = await customer.violations();
    expect(violations.length === 0, `no violations: ${name}`, violations);
    await customer.shot(output, `axe-${name}`);
    await customer.close();
  }
}

export async function forAScreenReader({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  const log = customer.page.getByRole('log', { name: 'Messages' });
  expect((await log.getAttribute('aria-live')) === 'polite', 'new messages are read out');
  await customer.page.getByRole('textbox', { name: 'Write a message' }).waitFor();
  await customer.page.getByRole('button', { name: 'Send' }).waitFor();
  await customer.page.getByRole('list', { name: 'Pick one' }).waitFor();
  await customer.say('How much is the Adam?', 'price');
  const heads = await customer.page.locator('article > p:first-child').allTextContents();
  expect(heads.at(-1).startsWith('Assistant') && heads.at(-2).startsWith('You'), 'each message says who wrote it', heads);
  await customer.close();
}

export async function calmForWhoeverWantsIt({ browser, desk }) {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const customer = await Customer.open(context, desk);
  await customer.page.route('**/chat/api/send', () => {});
  const animated = await customer.page.evaluate(() => {
    const dot = Object.assign(document.createElement('p'), { className: 'typing' });
    dot.append(document.createElement('i'));
    document.getElementById('log').append(dot);
    return [getComputedStyle(dot.firstChild).animationName, getComputedStyle(document.getElementById('log')).scrollBehavior];
  });
  expect(animated[0] === 'none' && animated[1] === 'auto', 'nothing moves', animated);
  await customer.close();
}

export async function withoutAScript({ browser, desk, output }) {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: 'fr-FR' });
  const page = await context.newPage();
  await page.goto(`${desk}/chat`);
  const text = await page.locator('main').innerText();
  expect(text.includes('Ce chat a besoin de JavaScript.'), 'a sentence', text);
  expect((await page.locator('main a').getAttribute('href')) === 'mailto:support@richtech.example', 'an address');
  expect(!(await page.locator('#composer').isVisible()), 'nothing that does not work');
  await page.screenshot({ path: `${output}/no-script.png` });
  await context.close();
}
