// The page for everybody: by the keyboard, by a screen reader, large, narrow, light and dark.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { takePicture } from './pictures.mjs';
import { eventually, Inbox, Sandbox, sms, startBrowser } from './support.mjs';
import { forEachView } from './views.mjs';

const axe = await readFile(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

let browser, sandbox;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => (sandbox = await Sandbox.start()));
afterEach(() => sandbox.stop());

/** What axe finds wrong on a page. */
async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const options = { iframes: false, resultTypes: ['violations'] };
  const found = await page.evaluate((options) => window.axe.run(document, options), options);
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
    const inbox = await Inbox.open(browser, sandbox, options);
    const { page } = inbox;
    await forEachView(sandbox, page, async (name) => {
      await eventually(async () => assert.deepEqual(await violations(page), [], name));
      if (picture(name)) await takePicture(page, picture(name));
    });
    await inbox.close();
  });
}

test('axe would find what is wrong', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  await inbox.page.evaluate(() => document.body.append(document.createElement('button')));
  assert.match((await violations(inbox.page)).join(), /button-name/);
  await inbox.close();
});

test('everything can be done by the keyboard', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  for (let i = 0; i < 30; i++) await sandbox.send(sms(`Message ${i}`));
  await page.getByText('30 requests').waitFor();
  const list = page.getByRole('listbox');
  const isSelected = (text) =>
    page.locator('[role=option][aria-selected=true] .what').getByText(text, { exact: true }).waitFor();
  const hasFocus = (expected) =>
    eventually(async () => {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element.getAttribute('aria-label') ?? (element.id || element.tagName);
      });
      assert.equal(focused, expected);
    });
  const press = (key) => page.keyboard.press(key);
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
    await isSelected(text);
    await eventually(async () => {
      const active = await list.getAttribute('aria-activedescendant');
      const row = page.locator(`#${active}`);
      assert.equal(await row.locator('.what').innerText(), text, key);
      // In sight.
      const [box, of] = [await row.boundingBox(), await list.boundingBox()];
      assert.ok(box.y >= of.y - 1 && box.y + box.height <= of.y + of.height + 1, key);
    });
  }
  await press('Enter');
  await hasFocus('Request');
  await press('Escape');
  await hasFocus('Requests, newest first');
  await press('/');
  await hasFocus('search');
  await page.keyboard.type('sfj?');
  await eventually(async () =>
    assert.equal(await page.locator('#search').inputValue(), 'sfj?', 'what is typed is no key'),
  );
  await page.locator('#search').fill('');
  await list.waitFor();
  await press('Escape');
  await hasFocus('Requests, newest first');
  await press('j');
  await isSelected('Message 29');
  await page.getByRole('button', { name: 'Copy as curl' }).and(page.locator(':enabled')).waitFor();
  await press('c');
  await inbox.said('Command copied');

  for (const [key, title] of [
    ['f', 'Faults'],
    ['s', 'State'],
    ['?', 'Keys'],
  ]) {
    await list.focus();
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
    await hasFocus('Requests, newest first');
  }
  const [download] = await Promise.all([page.waitForEvent('download'), press('e')]);
  assert.equal(download.suggestedFilename(), 'inbox.jsonl');

  // Whoever speaks to their computer turns letters off.
  await press('?');
  await page.getByLabel('Single letters are keys').uncheck();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await press('f');
  await page.waitForTimeout(200);
  assert.equal(await page.getByRole('dialog').count(), 0);
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByLabel('Single letters are keys').check();
  await press('Escape');
  await inbox.close();
});

test('a key finds its way while a dialog has no focus, and while one closes', async () => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  const dialog = (name) => page.getByRole('dialog', { name });
  await page.getByRole('button', { name: 'Faults' }).click();
  await dialog('Faults').waitFor();
  // As when the button that has it is disabled.
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('s');
  await page.keyboard.press('Escape');
  await dialog('Faults').waitFor({ state: 'detached' });
  assert.equal(await dialog('State').count(), 0);

  // The browser tells of the end of a dialog when the next one is open.
  for (const [key, name] of [['s', 'State'], ['f', 'Faults']]) {
    await page.keyboard.press('f');
    await dialog('Faults').waitFor();
    await page.evaluate((key) => {
      document.querySelector('dialog').close();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    }, key);
    await page.waitForTimeout(200);
    await dialog(name).waitFor();
    await page.keyboard.press('Escape');
    await dialog(name).waitFor({ state: 'detached' });
  }
  await inbox.close();
});

test('a screen reader is told what it has and what comes', async () => {
  const inbox = await Inbox.open(browser, sandbox, { withClock: true });
  const { page } = inbox;
  for (let i = 0; i < 3; i++) await sandbox.send(sms(`Message ${i}`));
  await page.getByText('3 requests').waitFor();
  const first = page.getByRole('option').filter({ hasText: 'Message 2' });
  await eventually(async () => {
    assert.equal(await first.getAttribute('aria-posinset'), '1');
    assert.equal(await first.getAttribute('aria-setsize'), '3');
    const text = (await first.innerText()).replace(/\s+/g, ' ');
    assert.match(text, /^SMS \+6591234567 \d\d:\d\d:\d\d Message 2 (SENT|DELIVERED)$/);
  });
  // Every five seconds, if it has anything to tell.
  await page.clock.fastForward(5000);
  await sandbox.send(sms('Another'));
  await sandbox.send(sms('And another'));
  await page.getByText('5 requests').waitFor();
  await page.clock.fastForward(5000);
  await page.getByRole('status').filter({ hasText: /^[12] new sends?$/ }).waitFor({ state: 'attached' });
  for (const name of ['Requests', 'Throughput']) await page.getByRole('region', { name }).waitFor();
  assert.equal(await page.getByRole('main').count(), 1);
  assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1);
  await inbox.close();
});

/** What lies beyond an edge of the window. */
const beyondTheEdges = (page) =>
  page.evaluate(() => {
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

test('nothing is cut off in a narrow window or at 200 %', async () => {
  for (const [name, options] of [
    ['narrow', { viewport: { width: 320, height: 640 } }],
    // A window of 1280 by 800 at twice the size.
    ['200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  ]) {
    const inbox = await Inbox.open(browser, sandbox, options);
    const { page } = inbox;
    await forEachView(sandbox, page, (view) =>
      eventually(async () => assert.deepEqual(await beyondTheEdges(page), [], `${view}, ${name}`)),
    );
    await sandbox.control({ op: 'reset' });
    // One thing at a time, and back.
    await sandbox.send(sms('Good morning'));
    await page.getByRole('option').filter({ hasText: 'Good morning' }).click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.getByRole('listbox').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'All requests' }).click();
    await page.getByRole('option').filter({ hasText: 'Good morning' }).waitFor();
    await sandbox.control({ op: 'reset' });
    await inbox.close();
  }
});
