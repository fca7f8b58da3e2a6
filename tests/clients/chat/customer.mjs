// A customer in a browser: what they see of the chat page, and what they do.

import axe from 'axe-core';

export const STEP_MAX_MS = 30_000;

/** Fails with words that say what was expected. */
export function expect(isSo, what, seen = '') {
  if (!isSo) throw new Error(`${what}${seen === '' ? '' : `; seen: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`}`);
}

/** The chat, in a page of its own or in a frame. */
export class Customer {
  constructor(page, frame = page) {
    this.page = page;
    this.frame = frame;
    page.setDefaultTimeout(STEP_MAX_MS);
  }

  /** Opens the page and waits for its greeting. */
  static async open(context, address, path = '/chat') {
    const page = await context.newPage();
    const customer = new Customer(page);
    // A browser also reports requests that are refused on purpose; a script that fails is another matter.
    page.on('pageerror', (error) => (customer.broken = error));
    await page.goto(`${address}${path}`);
    await customer.greeted();
    return customer;
  }

  greeted() {
    return this.frame.locator('.choices button').first().waitFor();
  }

  /** Every message, in its order, as `author: words`. */
  messages() {
    return this.frame.locator('#log article').evaluateAll((all) =>
      all.map((one) => {
        const from = ['visitor', 'desk', 'person'].find((name) => one.classList.contains(name));
        return `${from}: ${[...one.querySelectorAll('.bubble')].map((part) => part.textContent).join(' ')}`;
      }),
    );
  }

  choices() {
    return this.frame.locator('.choices button').allInnerTexts();
  }

  status() {
    return this.frame.locator('#status').innerText();
  }

  /** Waits until the last message has this, and nothing is on its way. */
  async sees(words) {
    const last = this.frame.locator('#log article').last().filter({ hasText: words });
    await last.waitFor();
    await this.frame.locator('.typing').waitFor({ state: 'detached' });
    await this.frame.locator('.pending').waitFor({ state: 'detached' });
  }

  async type(words) {
    await this.frame.locator('#text').fill(words);
    await this.frame.locator('#text').press('Enter');
  }

  async say(words, answer) {
    await this.type(words);
    await this.sees(answer);
  }

  async pick(label, answer) {
    await this.frame.getByRole('button', { name: label, exact: true }).last().click();
    await this.sees(answer);
  }

  async shot(output, name) {
    await this.page.screenshot({ path: `${output}/${name}.png`, animations: 'disabled' });
  }

  /** The violations of accessibility, of everything that axe knows up to WCAG 2.2 AA and its best practices. */
  async violations() {
    await this.frame.evaluate(axe.source);
    const { violations } = await this.frame.evaluate(() => window.axe.run(document));
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }

  async close() {
    const { broken } = this;
    await this.page.close();
    expect(!broken, 'no script of the page fails', String(broken));
  }
}
