// The page for everybody: by the keyboard, by a screen reader, large, narrow, light and dark.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { takePicture } from './pictures.mjs';
import { open, Sandbox, sms, startBrowser } from './support.mjs';
import { fill, VIEWS } from './views.mjs';

const axe = await readFile(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

let browser, sandbox;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => (sandbox = await Sandbox.start()));
afterEach(() => sandbox.stop());

/** What axe finds wrong on a page. */
async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { iframes: false }));
  assert.ok(found.passes.length > 10, 'axe has looked');
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/** How each view is looked at, and under which name a picture of it is taken. */
const LOOKS = [
  { look: 'light', options: { colorScheme: 'light' }, picture: (view) => view },
  { look: 'dark', options: { colorScheme: 'dark' }, picture: (view) => view === 'message' && 'dark' },
  {
    look: 'narrow',
    options: { viewport: { width: 400, height: 800 } },
    picture: (view) => view === 'message' && 'narrow',
  },
];

for (const { look, options, picture } of LOOKS) {
  test(`axe finds nothing in any view, ${look}`, async () => {
    const { page, context } = await open(browser, sandbox, options);
    for (const { name, show } of VIEWS) {
      await fill(sandbox, name);
      await show(page);
      assert.deepEqual(await violations(page), [], name);
      if (picture(name)) await takePicture(page, picture(name));
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await sandbox.control({ op: 'reset' });
      await page.getByRole('heading', { name: 'No message yet' }).waitFor();
    }
    await context.close();
  });
}

test('axe would find what is wrong', async () => {
  const { page, context } = await open(browser, sandbox);
  await page.evaluate(() => document.body.append(document.createElement('button')));
  assert.match((await violations(page)).join(), /button-name/);
  await context.close();
});

test('everything can be done by the keyboard', async () => {
  const { page, context, problems } = await open(browser, sandbox);
  for (let i = 0; i < 30; i++) await sandbox.send(sms(`Message ${i}`));
  await page.getByText('30 requests').waitFor();
  const selected = () => page.locator('[role=option][aria-selected=true] .what').innerText();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName);
  const press = (...keys) => keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());
  for (const [key, text] of [
    ['j', 'Message 29'],
    ['j', 'Message 28'],
    ['k', 'Message 29'],
    ['ArrowDown', 'Message 28'],
    ['PageDown', 'Message 18'],
    ['PageUp', 'Message 28'],
    ['End', 'Message 0'],
    ['j', 'Message 0'],
    ['Home', 'Message 29'],
  ]) {
    await press(key);
    await page.waitForFunction(
      (text) => document.querySelector('[role=option][aria-selected=true] .what')?.textContent === text,
      text,
    );
    const list = page.getByRole('listbox');
    const active = await list.getAttribute('aria-activedescendant');
    const row = page.locator(`#${active}`);
    assert.equal(await row.locator('.what').innerText(), text, key);
    // In sight.
    const [box, of] = [await row.boundingBox(), await list.boundingBox()];
    assert.ok(box.y >= of.y - 1 && box.y + box.height <= of.y + of.height + 1, key);
  }
  await press('Enter');
  assert.equal(await focused(), 'Request');
  await press('Escape');
  assert.equal(await focused(), 'Requests, newest first');
  await press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
  await page.keyboard.type('sfj?');
  assert.equal(await page.locator('#search').inputValue(), 'sfj?', 'what is typed is no key');
  await page.locator('#search').fill('');
  await press('Escape', 'j');
  assert.equal(await selected(), 'Message 29');
  await page.getByRole('button', { name: 'Copy as curl' }).and(page.locator(':enabled')).waitFor();
  await press('c');
  await page.getByText('Command copied').waitFor();

  for (const [key, title] of [
    ['f', 'Faults'],
    ['s', 'State'],
    ['?', 'Keys'],
  ]) {
    await page.locator('[role=listbox]').focus();
    await press(key);
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.waitFor();
    // The focus stays inside, however often it goes on.
    for (let i = 0; i < 60; i++) {
      await press('Tab');
      const inside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement.closest('dialog') !== null,
      );
      assert.ok(inside, `${title}, ${i}`);
    }
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await focused(), 'Requests, newest first');
  }
  const [download] = await Promise.all([page.waitForEvent('download'), press('e')]);
  assert.equal(download.suggestedFilename(), 'inbox.jsonl');

  // Whoever speaks to their computer turns letters off.
  await press('?');
  await page.getByLabel('Single letters are keys').uncheck();
  await press('Escape', 'f');
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByLabel('Single letters are keys').check();
  await press('Escape');
  await context.close();
  assert.deepEqual(problems, []);
});

test('a screen reader is told what it has and what comes', async () => {
  const { page, context } = await open(browser, sandbox);
  for (let i = 0; i < 3; i++) await sandbox.send(sms(`Message ${i}`));
  await page.getByText('3 requests').waitFor();
  const first = page.getByRole('option').filter({ hasText: 'Message 2' });
  assert.equal(await first.getAttribute('aria-posinset'), '1');
  assert.equal(await first.getAttribute('aria-setsize'), '3');
  assert.match((await first.innerText()).replace(/\s+/g, ' '), /^SMS \+6591234567 \d\d:\d\d:\d\d Message 2 (SENT|DELIVERED)$/);
  await page.waitForTimeout(5500);
  await sandbox.send(sms('Another'));
  await sandbox.send(sms('And another'));
  await page.getByRole('status').filter({ hasText: /^[12] new sends?$/ }).waitFor({ state: 'attached', timeout: 11_000 });
  for (const name of ['Requests', 'Throughput']) await page.getByRole('region', { name }).waitFor();
  assert.equal(await page.getByRole('main').count(), 1);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
  await context.close();
});

test('nothing is cut off in a narrow window or at 200 %', async () => {
  for (const [name, options] of [
    ['narrow', { viewport: { width: 320, height: 640 } }],
    // A window of 1280 by 800 at twice the size.
    ['200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ]) {
    const { page, context } = await open(browser, sandbox, options);
    for (const view of VIEWS) {
      await fill(sandbox, view.name);
      await view.show(page);
      const over = await page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll('body *')].filter((element) => {
          const { left, right, width: own } = element.getBoundingClientRect();
          const unseen = getComputedStyle(element).clipPath !== 'none';
          // What is too long for a row ends with an ellipsis, and is in the details.
          const scrolls = element.closest('pre, .wire table, .row bdi');
          return own > 0 && !unseen && !scrolls && (right > width + 1 || left < -1);
        });
        return wide.map((element) => element.outerHTML.slice(0, 120));
      });
      assert.deepEqual(over, [], `${view.name}, ${name}`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await sandbox.control({ op: 'reset' });
      await page.getByRole('heading', { name: 'No message yet' }).waitFor();
    }
    // One thing at a time, and back.
    await sandbox.send(sms('Good morning'));
    await page.getByRole('option').filter({ hasText: 'Good morning' }).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    assert.equal(await page.getByRole('listbox').count(), 0);
    await page.getByRole('button', { name: 'All requests' }).click();
    await page.getByRole('option').filter({ hasText: 'Good morning' }).waitFor();
    await sandbox.control({ op: 'reset' });
    await context.close();
  }
});
