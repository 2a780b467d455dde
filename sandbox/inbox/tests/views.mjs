// The views of the page, for the tests that go through all of them and for the documents.

import { email, otp, sms } from './support.mjs';

const WELCOME = `<style>
  h1 { color: #4f46e5; font: 700 28px sans-serif } p { font: 16px/1.5 sans-serif; max-width: 30em }
  a { background: #4f46e5; color: white; padding: 10px 18px; border-radius: 8px; text-decoration: none; font-family: sans-serif }
</style>
<h1>Welcome, Mei!</h1><p>Your account is ready. Confirm your address, and you can book your first appointment.</p>
<p><a href="https://example.com/confirm">Confirm my address</a></p>`;

const PARCELS = ['Your parcel arrives today between 2 and 4 pm.', 'Your table for two is booked for 7 pm.', 'Your order has left our kitchen.'];

/** What a feature in the making may have sent. */
async function messages(sandbox) {
  for (let i = 0; i < 12; i++) await sandbox.send(sms(PARCELS[i % 3], `+65912345${10 + i}`));
  await sandbox.send(email('Welcome to Pathomics', WELCOME));
  await sandbox.control({ op: 'push_fault', fault: { kind: 'rate_limit', retry_after: 2 } });
  await sandbox.send(otp('482913'));
  await sandbox.send(otp('482913'));
  await sandbox.control({ op: 'push_fault', fault: { kind: 'reset' } });
  await sandbox.send(sms('Reminder: your appointment is tomorrow at 9 am.', '+6587654321'));
  await sandbox.send(sms('Hello', '91234567'));
  await sandbox.get('/partner/credit/balance');
}

/** Waits until the page shows all of `messages`: what comes later may push a button away. */
const all = (page) => page.getByText('17 requests').waitFor();

const select = (text) => async (page) => {
  await all(page);
  await page.getByRole('option').filter({ hasText: text }).first().click();
  await page.getByRole('heading', { name: 'Request as it came' }).waitFor();
};

const press = (name) => async (page) => {
  await all(page);
  await page.getByRole('button', { name }).click();
  await page.getByRole('dialog').waitFor();
};

/** Each view's name, what the sandbox gets for it beyond what it has, and how the page is brought to show it. */
const VIEWS = [
  { name: 'empty', show: (page) => page.getByRole('heading', { name: 'No message yet' }).waitFor() },
  { name: 'list', fill: messages, show: all },
  { name: 'message', show: select('482913') },
  {
    name: 'email',
    async show(page) {
      await select('Welcome to')(page);
      await page.frameLocator('iframe').getByText('Welcome, Mei!').waitFor();
    },
  },
  { name: 'unknown', show: select('Reminder') },
  { name: 'state', show: press('State') },
  { name: 'reset', show: press('Reset') },
  { name: 'keys', show: press('Keys') },
  {
    name: 'faults',
    async fill(sandbox) {
      await sandbox.control({ op: 'push_fault', fault: { kind: 'limit', per_second: 20 } });
      await sandbox.control({ op: 'push_fault', fault: { kind: 'html502', times: 2 } });
    },
    async show(page) {
      await press('Faults 3 waiting')(page);
      await page.getByLabel('Fault', { exact: true }).selectOption('truncate');
      await page.getByText('For all requests').waitFor();
    },
  },
];

/** Shows one view after the other of an empty sandbox that a page shows, and does `look` with each. */
export async function forEachView(sandbox, page, look) {
  for (const { name, fill, show } of VIEWS) {
    await fill?.(sandbox);
    await show(page);
    await look(name);
    // Closes the view's dialog, if it has one, and its details.
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('article', { name: 'Request' }).waitFor({ state: 'detached' });
  }
}
