// A campaign: the page stays usable with as many requests as the sandbox keeps, and beyond.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually, Inbox, Sandbox, SEND, startBrowser } from './support.mjs';

const CAPACITY = 100_000;
const BEYOND = 3000;
const PART = 1000;
/** What no single thing takes, on whatever machine, unless its cost grows with the square of the rows. */
const MAX_MS = 240_000;
const ACCEPTED = '"success":true';

let browser, sandbox;
before(async () => {
  browser = await startBrowser();
  sandbox = await Sandbox.start({ balance: '1000000.00' });
});
after(async () => {
  await browser.close();
  await sandbox.stop();
});

/** One request after the other, not waiting for the answers, over one connection. */
function sendOver(socket, numbers) {
  const { host } = new URL(sandbox.url);
  return new Promise((resolve, reject) => {
    let answers = 0;
    let rest = '';
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      const parts = (rest + bytes.toString('latin1')).split(ACCEPTED);
      answers += parts.length - 1;
      // The word may be cut between two reads.
      rest = parts.at(-1).slice(-ACCEPTED.length);
      if (answers === numbers.length) resolve();
    });
    for (const i of numbers) {
      const message = { channel: 'SMS', to: `+65${90000000 + i}`, content: `Number ${i}, code ${i * 7}` };
      const body = JSON.stringify({ request: message });
      socket.write(
        `POST ${SEND} HTTP/1.1\r\nhost: ${host}\r\nx-api-key: sandbox-key\r\n` +
          `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    }
  });
}

/** Sends numbered messages as fast as the sandbox takes them, in their order. */
async function campaign(from, to) {
  const { port } = new URL(sandbox.url);
  const socket = connect({ port, host: '127.0.0.1' });
  // In parts, so that neither side holds all of it.
  for (let i = from; i < to; i += PART) {
    const numbers = Array.from({ length: Math.min(PART, to - i) }, (_, k) => i + k);
    await sendOver(socket, numbers);
    socket.removeAllListeners();
  }
  socket.destroy();
}

test('a hundred thousand messages stay usable, and the page says what has left', async (t) => {
  const inbox = await Inbox.open(browser, sandbox);
  const { page } = inbox;
  // A browser on a busy machine may take minutes for what is a second on an idle one.
  page.setDefaultTimeout(MAX_MS);
  const rows = page.getByRole('listbox').getByRole('option');
  await campaign(0, CAPACITY);
  await page.getByRole('button', { name: 'Sent 100,000' }).waitFor();
  await page.getByText('100,000 requests').waitFor();
  assert.equal(await page.getByText(/left the inbox/).count(), 0);

  // Only what is in sight is in the document.
  await eventually(async () => assert.ok((await rows.count()) < 60));
  await page.getByRole('listbox').focus();
  await page.keyboard.press('End');
  await rows.filter({ hasText: '+6590000000' }).waitFor();
  await page.keyboard.press('Home');

  const timed = async (name, act) => {
    const began = performance.now();
    await act();
    t.diagnostic(`${name}: ${Math.round(performance.now() - began)} ms`);
  };
  const search = page.getByRole('searchbox', { name: /^Search/ });
  await timed('search', async () => {
    await search.fill(`number 4242, code ${4242 * 7}`);
    await page.getByText('1 match').waitFor();
  });
  await timed('search again', async () => {
    await search.fill('number 77777');
    await rows.filter({ hasText: 'Number 77777,' }).waitFor();
  });
  await timed('all again', async () => {
    await search.fill('');
    await page.getByText('100,000 requests').waitFor();
  });
  await timed('three hundred steps', async () => {
    await page.getByRole('listbox').focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press('PageDown');
    await page.getByRole('article', { name: 'Request' }).getByText('Request as it came').waitFor();
  });
  await timed('a status for all', async () => {
    await sandbox.control({ op: 'advance', status: 'READ' });
    await rows.filter({ hasText: 'READ' }).first().waitFor();
  });

  await campaign(CAPACITY, CAPACITY + BEYOND);
  // The change of status is an event, too.
  await page.getByText(`${(BEYOND + 1).toLocaleString('en')} older requests have left the inbox`).waitFor();
  await page.getByRole('button', { name: 'Sent 103,000' }).waitFor();
  await page.getByRole('listbox').focus();
  await page.keyboard.press('End');
  await rows.filter({ hasText: `+65${90000000 + BEYOND + 1}` }).waitFor();
  const memory = await page.evaluate(() => performance.memory.usedJSHeapSize / 1024 / 1024);
  t.diagnostic(`heap of the page: ${Math.round(memory)} MiB`);
  assert.ok(memory < 500, `${memory} MiB`);

  // A page that is opened now shows it all, too.
  await timed('opening', async () => {
    await inbox.load(sandbox.url);
    await page.getByText('99,999 requests').waitFor();
  });
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
  assert.equal(download.suggestedFilename(), 'inbox.jsonl');
  await inbox.said('99,999 requests exported');
  await inbox.close();
});
