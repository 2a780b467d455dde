// Real clients: what a program of each language sends is on the open page, and what the fault
// builder foretells is what a client meets. `cargo xtask test inbox` builds them, and names the
// programs in SENDERS.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Client } from '../../../bindings-node/index.js';
import { eventually, Inbox, PATIENCE_MS, Sandbox, sms, startBrowser, UNDELIVERED } from './support.mjs';

assert.ok(process.env.SENDERS, 'SENDERS is not set: run `cargo xtask test inbox`');
const SENDERS = JSON.parse(process.env.SENDERS);

let browser, sandbox, inbox, page;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => {
  sandbox = await Sandbox.start(UNDELIVERED);
  inbox = await Inbox.open(browser, sandbox);
  page = inbox.page;
});
afterEach(async () => {
  await inbox.close().finally(() => sandbox.stop());
});

/** Runs a program to its end, pointed at the sandbox; its exit code and what it printed. */
function run({ words: [program, ...words], environment }) {
  const env = { ...environment, PARTNER_MESSAGING_API_KEY: 'sandbox-key', PARTNER_MESSAGING_BASE_URL: sandbox.url };
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (text) => (printed += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, printed }));
  });
}

/** Notes for each row that comes, when it came: the page's own clock, which is the sandbox's. */
const watchRows = () =>
  page.evaluate(() => {
    window.arrivals = [];
    const seen = new Set();
    const look = () => {
      for (const row of document.querySelectorAll('[role=option]')) {
        if (seen.has(row.id)) continue;
        seen.add(row.id);
        window.arrivals.push({ number: Number(row.id.replace('request-', '')), at: Date.now() });
      }
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });

test('every language has a program', () => {
  const languages = new Set(SENDERS.map(({ face }) => face.split(' ')[0]));
  assert.deepEqual([...languages], ['Rust', 'Python', 'Node', 'C', 'C++']);
});

for (const sender of SENDERS) {
  test(`what a program in ${sender.face} sends is there at once`, async (t) => {
    await watchRows();
    const { code, printed } = await run(sender);
    assert.equal(code, 0, printed);
    await page.waitForFunction(() => window.arrivals.length === 4);
    const messages = await sandbox.control({ op: 'messages' });
    const ids = printed.trimEnd().split('\n').map((line) => line.split('\t')[2]);
    assert.deepEqual(messages.map(({ messageId }) => messageId), ids);

    const expected = messages.map(({ recipient, request }) => [
      recipient,
      'SENT',
      request.content ?? (request.subject ? `${request.subject} · Hello from` : `${request.templateId} · 1=123456`),
    ]);
    assert.deepEqual(messages.map(({ channel }) => channel), ['WHATSAPP', 'SMS', 'SMS', 'EMAIL']);
    await eventually(async () => {
      const rows = await page.getByRole('listbox').getByRole('option').allInnerTexts();
      // The newest first.
      for (const [i, words] of expected.toReversed().entries()) {
        for (const word of words) assert.ok(rows[i].includes(word), `${word} in ${rows[i]}`);
      }
    });
    const arrivals = await page.evaluate(() => window.arrivals);
    const late = arrivals.map(({ number, at }) => at - Date.parse(messages[number].createdAt)).sort((one, other) => one - other);
    t.diagnostic(`${sender.face}: on the page after ${late.join(', ')} ms`);
    // A tenth of a second, and on a busy machine whatever the machine takes.
    assert.ok(late[0] < 10_000, `${late} ms`);
  });
}

const dialog = () => page.getByRole('dialog');
const effect = () => dialog().getByRole('complementary', { name: 'What will happen' });

/** What the builder foretells of a fault: its fields by their labels, the rest as it is proposed. */
async function foretold(kind, fields) {
  const chosen = dialog().getByRole('combobox', { name: 'Fault', exact: true });
  await chosen.selectOption(kind);
  for (const [label, value] of Object.entries(fields)) {
    const field = dialog().getByLabel(label, { exact: true });
    if (typeof value === 'boolean') await field.setChecked(value);
    else await field.fill(value);
  }
  await eventually(async () => {
    const { fault } = JSON.parse(await dialog().getByLabel('The command').innerText());
    assert.equal(fault.kind, kind);
  });
  const fact = async (name) => {
    const term = effect().locator('dt').filter({ hasText: name });
    return (await term.count()) === 0 ? null : term.locator('xpath=following-sibling::dd').innerText();
  };
  return {
    outcome: (await fact('Outcome of a send')).replace(' ', '_'),
    kinds: (await fact('Kind of its error'))?.split(' or ') ?? [null],
    processed: await fact('Service acts on it'),
  };
}

/** How a send ends, by a client that had no connection before. */
async function send(content, timeout) {
  const client = new Client({ apiKey: 'sandbox-key', baseUrl: sandbox.url, maxRetries: 0, timeout });
  try {
    const { outcome } = await client.send(sms(content));
    return { outcome, kind: null };
  } catch ({ outcome, kind }) {
    return { outcome, kind };
  } finally {
    await client.close();
  }
}

/** Sends two at a time until one is let through and the other isn't: how that one ends. */
const sendTooMany = () =>
  eventually(async () => {
    const ends = await Promise.all([send('One', PATIENCE_MS), send('Another', PATIENCE_MS)]);
    assert.ok(ends.some(({ outcome }) => outcome === 'sent'), 'nothing is let through');
    const refused = ends.find(({ outcome }) => outcome !== 'sent');
    assert.ok(refused, 'all is let through');
    return refused;
  });

const RECEIPT = '{"success":true,"data":{"messageId":"made_up"}}';
const REFUSAL = '{"success":false,"error":"No","code":"NO"}';

/** Every fault as the builder proposes it, and what else decides what a client sees of one. */
const FAULTS = {
  code: [{}, { Code: 'MESSAGE_NOT_FOUND' }, { Code: 'SOMETHING_NEW' }],
  rate_limit: [{}, { 'Retry-After': '', 'As a failure envelope': true }],
  limit: [{ 'Requests a second': '1' }, { 'Requests a second': '1', 'As a failure envelope': true }],
  stall: [{ Milliseconds: '300' }, { Milliseconds: '' }],
  slow: [{ 'Milliseconds a byte': '1' }],
  close_after_read: [{}],
  reset: [{}],
  truncate: [{}, { 'Bytes sent': '0' }, { 'Bytes sent': '30' }],
  garbage: [{}],
  unreadable: [{}],
  html502: [{}],
  redirect: [{}, { Status: '301', Location: 'http://127.0.0.1:1/' }],
  respond: [
    {},
    { Body: REFUSAL },
    ...['200', '202', '204', '307', '400', '500'].map((Status) => ({ Status, Body: RECEIPT })),
    { Status: '200', Body: REFUSAL },
    { Status: '200', Body: `\ufeff${RECEIPT}` },
    { Status: '200', Body: '{"success":true,"data":{"messageId":17}}' },
    { Status: '200', Body: '{"success":true,"data":{"messageId":""}}' },
    { Status: '200', Body: '{"success":"true","data":{"messageId":"x"}}' },
    { Status: '200', Body: '[]' },
    ...['304', '401', '404', '408', '409', '413', '422', '425', '429', '451', '503'].map((Status) => ({ Status, Body: '' })),
  ],
  close_before_read: [{}],
  refuse: [{ Milliseconds: '600000' }],
};

test('the faults that are tried are those of the builder', async () => {
  await page.getByRole('button', { name: 'Faults' }).click();
  const chosen = dialog().getByRole('combobox', { name: 'Fault', exact: true });
  const kinds = await chosen.locator('option').evaluateAll((options) => options.map(({ value }) => value));
  assert.deepEqual(Object.keys(FAULTS).sort(), kinds.sort());
});

for (const [kind, variants] of Object.entries(FAULTS)) {
  test(`what the builder foretells of ${kind} is what a client meets`, async (t) => {
    for (const fields of variants) {
      await page.getByRole('button', { name: 'Faults' }).click();
      const { outcome, kinds, processed } = await foretold(kind, fields);
      await dialog().getByRole('button', { name: /this fault$/ }).click();
      await inbox.said('The fault ');
      // Of a stall without end the client's own end is awaited.
      const isEndless = kind === 'stall' && fields.Milliseconds === '';
      const met = kind === 'limit' ? await sendTooMany() : await send('The one', isEndless ? 5000 : PATIENCE_MS);
      const told = `${kind} ${JSON.stringify(fields)}`;
      t.diagnostic(`${told}: ${met.outcome}, ${met.kind}`);
      assert.equal(met.outcome, outcome, told);
      assert.ok(kinds.includes(met.kind), `${told}: ${met.kind}, and ${kinds} was foretold`);
      if (kind === 'refuse') {
        // The page has no connection either, and the browser tells of that.
        inbox.expect(/^Failed to load resource: net::ERR_/);
        return;
      }
      // The log says the same of it, and whether the service acted on it.
      const lines = (await (await sandbox.fetch('/sandbox/entries')).text()).trimEnd().split('\n');
      const entry = lines.map((line) => JSON.parse(line)).findLast(({ fault }) => fault !== null);
      assert.equal(entry.outcome, outcome, told);
      assert.equal(entry.message === null ? 'no' : 'yes', processed === 'yes' ? 'yes' : 'no', told);
      await page.keyboard.press('Escape');
      await sandbox.control({ op: 'reset' });
      await page.getByRole('heading', { name: 'No message yet' }).waitFor();
    }
  });
}
