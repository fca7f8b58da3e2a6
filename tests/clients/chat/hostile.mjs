// What somebody may try: texts that are scripts, floods, and huge files.

import { Customer, expect } from './customer.mjs';

const EVIL = '<img src=x onerror="window.evil=1"><script>window.evil=1</script> javascript:alert(1) [x](javascript:alert(1))';

export async function textStaysText({ browser, desk }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  await customer.say(EVIL, /./);
  await customer.say('I want a ticket for <b onmouseover=alert(1)>bold</b> robots', /./);
  const { page } = customer;
  expect((await page.evaluate(() => window.evil)) === undefined, 'nothing of it ran');
  expect((await page.locator('#log img, #log script, #log b').count()) === 0, 'no element came of it');
  const links = await page.locator('#log a').evaluateAll((all) => all.map((one) => one.href));
  expect(links.every((link) => /^https?:/.test(link)), 'no link to a script', links);
  await customer.close();
}

export async function aFloodIsSlowedDownAndNothingIsLost({ browser, desk, output }) {
  const context = await browser.newContext({ viewport: { width: 500, height: 700 } });
  const customer = await Customer.open(context, desk);
  await customer.page.evaluate(() => {
    for (let number = 0; number < 24; number++) {
      document.getElementById('text').value = `How much is the Adam? (${number})`;
      document.getElementById('composer').requestSubmit();
    }
  });
  await customer.page.locator('#alert').filter({ hasText: 'very fast' }).waitFor();
  await customer.shot(output, 'flood');
  await customer.page.locator('.pending').first().waitFor({ state: 'detached' });
  for (const end = Date.now() + 60_000; (await customer.page.locator('.pending').count()) > 0; ) {
    expect(Date.now() < end, 'all of it is sent');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const mine = (await customer.messages()).filter((one) => one.startsWith('visitor'));
  const numbers = mine.map((one) => Number(/\((\d+)\)/.exec(one)[1]));
  expect(JSON.stringify(numbers) === JSON.stringify([...Array(24).keys()]), 'each once and in order', numbers);
  await customer.close();
}

export async function hugeFilesAreRefusedPolitely({ browser, desk, people }) {
  const context = await browser.newContext();
  const customer = await Customer.open(context, desk);
  await customer.say('Blue lamp is blinking', /./);
  await customer.page.getByRole('button', { name: 'Talk to a person' }).click();
  await customer.sees('e-mail');
  await customer.say('sarah@gmail.com', /\?/);
  await customer.pick('Yes', 'I have passed this on');
  await people.newest('tickets', 'content', 'Blue lamp');
  const files = customer.page.locator('#files');
  await files.setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(1_100_000) });
  await customer.page.locator('#alert').filter({ hasText: '1 MB' }).waitFor();
  await files.setInputFiles({ name: 'virus.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') });
  await customer.sees('“virus.exe” was not passed on');
  await files.setInputFiles({ name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(900_000, 7) });
  await customer.sees('photo.jpg');
  await customer.close();
}
