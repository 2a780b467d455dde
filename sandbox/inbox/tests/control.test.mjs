// Every control of the page does what it says.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { takePicture } from './pictures.mjs';
import { email, eventually, Inbox, otp, Sandbox, SEND, sms, startBrowser, UNDELIVERED } from './support.mjs';

let browser, sandbox, inbox, page;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => {
  sandbox = await Sandbox.start();
  inbox = await Inbox.open(browser, sandbox);
  page = inbox.page;
});
afterEach(async () => {
  await inbox.close().finally(() => sandbox.stop());
});

const rows = () => page.getByRole('listbox').getByRole('option');
const row = (text) => rows().filter({ hasText: text });
const details = () => page.getByRole('article', { name: 'Request' });
const dialog = () => page.getByRole('dialog');
const button = (name, of = page) => of.getByRole('button', { name, exact: true });
const said = (text) => inbox.said(text);
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const state = () => sandbox.control({ op: 'state' });
/** The browser itself tells of answers that are errors. */
const expectRefusals = () => inbox.expect(/^Failed to load resource: the server responded with a status of 400/);

async function shown() {
  return (await rows().allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
}

test('filters and search choose what the list shows', async () => {
  await sandbox.send(sms('Apples and pears', '+6591111111'));
  await sandbox.send(otp('161803', '+6592222222'));
  await sandbox.send(email('Invoice', '<style>.x{}</style><p>Thirty <b>euros</b></p>', 'lee@example.com'));
  await sandbox.send({ channel: 'SMS', to: 'nobody', content: 'Apples again' });
  await sandbox.control({ op: 'push_fault', fault: { kind: 'html502' } });
  await sandbox.send(sms('Lost pears', '+6591111111'));
  await sandbox.get('/partner/credit/balance');
  await rows().nth(4).waitFor();

  const search = page.getByRole('searchbox', { name: /^Search/ });
  const recipient = page.getByRole('searchbox', { name: 'Recipient' });
  const channel = page.getByRole('combobox', { name: 'Channel' });
  const expectRows = async (...texts) => {
    await page.getByText(/^\d+ (match|matches|request|requests)$/).filter({ hasText: String(texts.length) }).waitFor();
    await eventually(async () => {
      const found = await shown();
      assert.equal(found.length, texts.length, found.join(' | '));
      texts.forEach((text, i) => assert.ok(found[i].includes(text), `${text} in ${found[i]}`));
    });
  };
  for (const [text, ...expected] of [
    ['apples', 'nobody', '+6591111111'],
    ['PEARS apples', 'Apples and pears'],
    ['161803', '+6592222222'],
    ['thirty euros', 'lee@example.com'],
    ['VALIDATION_ERROR', 'nobody'],
    ['HX4f2c81d0', '+6592222222'],
  ]) {
    await search.fill(text);
    await expectRows(...expected);
  }
  await search.fill('');
  await recipient.fill('9111 1111');
  await expectRows('Lost pears', 'Apples and pears');
  await channel.selectOption('EMAIL');
  await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  await button('Show all sends').click();
  await expectRows('Lost', 'nobody', 'Invoice', '161803', 'Apples');
  await eventually(async () => assert.equal(await recipient.inputValue(), ''));
  await channel.selectOption('EMAIL');
  await expectRows('Invoice');
  await channel.selectOption('');
  for (const [kind, ...expected] of [
    ['Sent 3', 'Invoice', '161803', 'Apples and'],
    ['Rejected 1', 'nobody'],
    ['Unknown 1', 'Lost'],
    ['Reads 1', 'GET /partner/credit/balance'],
    ['All 5', 'Lost', 'nobody', 'Invoice', '161803', 'Apples'],
  ]) {
    await button(kind).click();
    await page.getByRole('button', { name: kind, exact: true, pressed: true }).waitFor();
    await expectRows(...expected);
  }
  await search.fill('apples');
  await sandbox.send(sms('More apples'));
  await expectRows('More apples', 'nobody', 'Apples and');
});

test('a request is copied as a command that repeats it', async () => {
  const hard = "It's \"5 < 6\" && $HOME `id` \\ \n ünïcode ✓ %0a";
  await sandbox.send(sms(hard), { 'x-trace': "a'b" });
  await row('It').click();
  await button('Copy as curl', details()).click();
  await said('Command copied');
  const command = await clipboard();
  assert.match(command, /^curl -X POST http:\/\/127\.0\.0\.1:\d+\/partner\/message\/send /);
  execFileSync('sh', ['-c', `${command} --silent --show-error`]);
  const [first, second] = await sandbox.control({ op: 'requests' });
  assert.equal(second.body, first.body);
  const header = (request, name) => request.headers.find(([found]) => found === name)?.[1];
  for (const name of ['content-type', 'x-api-key', 'x-trace']) {
    assert.equal(header(second, name), header(first, name), name);
  }
  assert.equal((await sandbox.control({ op: 'messages' })).length, 2);

  await button('Copy body', details()).click();
  await said('Body copied');
  assert.equal(await clipboard(), first.body);
  // Without a body, and with a key that is not the sandbox's.
  await fetch(`${sandbox.url}/partner/message?limit=1&x='`, { headers: { 'x-api-key': 'pk_live_1' } });
  await button('Reads 1').click();
  await rows().first().click();
  await details().getByText('UNAUTHORIZED').first().waitFor();
  await button('Copy as curl', details()).click();
  await said('Command copied');
  const read = await clipboard();
  assert.ok(read.includes("'x-api-key: sandbox-key'") && !read.includes('pk_live') && !read.includes('--data'), read);
  execFileSync('sh', ['-c', `${read} --silent --show-error`]);
  assert.ok(!(await page.content()).includes('pk_live'));
});

test('a status is set for one message and for all', async () => {
  expectRefusals();
  await sandbox.control({ op: 'set_state', state: UNDELIVERED });
  await sandbox.send(sms('One'));
  await sandbox.send(sms('Two'));
  await row('One').click();
  const status = details().getByRole('combobox', { name: 'Status' });
  await status.fill('READ');
  await button('Set', details()).click();
  await said('The message is now READ');
  await row('One').getByText('READ').waitFor();
  assert.equal((await sandbox.get('/partner/message?status=READ')).data.total, 1);
  await status.fill('');
  await button('Set', details()).click();
  await said('must not be empty');

  await button('State').click();
  await dialog().getByRole('combobox', { name: 'Status of all messages' }).fill('FAILED');
  await button('Set', dialog()).click();
  await said('All messages are now FAILED');
  assert.equal((await sandbox.get('/partner/message?status=FAILED')).data.total, 2);
});

test('an email is shown rendered and as HTML', async () => {
  await sandbox.send(email('Hi', '<h1 style="color: rgb(1, 2, 3)">Hello Mei</h1>'));
  await row('Hi').click();
  const frame = details().frameLocator('iframe');
  const heading = frame.getByRole('heading', { name: 'Hello Mei' });
  await heading.waitFor();
  assert.equal(await heading.evaluate((element) => getComputedStyle(element).color), 'rgb(1, 2, 3)');
  await button('HTML', details()).click();
  await details().locator('pre').getByText('<h1 style="color: rgb(1, 2, 3)">Hello Mei</h1>', { exact: true }).waitFor();
  await details().locator('iframe').waitFor({ state: 'detached' });
  await button('Rendered', details()).click();
  await heading.waitFor();
});

test('request and answer are shown as they came', async () => {
  const body = '{"request": {"channel":"SMS",  "to":"+6591234567","content":"Digits","n":1.10}}';
  await fetch(sandbox.url + SEND, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'sandbox-key' },
    body,
  });
  await row('Digits').click();
  const pre = details().getByLabel('Request as it came: body');
  const laidOut = /\{\n {2}"request": \{\n {4}"channel": "SMS",\n[^]*"n": 1\.10\n/;
  await eventually(async () => assert.match(await pre.innerText(), laidOut));
  await details().getByRole('checkbox', { name: 'as it came' }).first().check();
  await eventually(async () => assert.equal(await pre.innerText(), body));
  await details().getByText(/^\d+ headers$/).first().click();
  await details().getByRole('row', { name: 'x-api-key sandbox-key' }).waitFor();
  await details().getByText('Status 200').waitFor();
});

test('each fault of the builder waits in the sandbox as the page shows it', async () => {
  await button('Faults').click();
  const kind = dialog().getByRole('combobox', { name: 'Fault', exact: true });
  const kinds = await kind.locator('option').evaluateAll((options) => options.map(({ value }) => value));
  // The sandbox names all that there are.
  const unknown = await sandbox.control({ op: 'push_fault', fault: { kind: '?' } }).catch((error) => error.message);
  const known = JSON.parse(unknown).error.split('one of ')[1].split(', ');
  assert.deepEqual([...kinds].sort(), known.sort());

  for (const name of kinds.filter((name) => name !== 'refuse')) {
    await kind.selectOption(name);
    await eventually(async () => {
      const { op, fault } = JSON.parse(await dialog().getByLabel('The command').innerText());
      assert.deepEqual([op, fault.kind], ['push_fault', name]);
    });
    await dialog().getByRole('button', { name: /this fault$/ }).click();
    const waiting = dialog().getByRole('region', { name: 'Faults that wait' });
    await waiting.getByText(name).first().waitFor();
    assert.ok((await dialog().getByText('The client sees').locator('xpath=following-sibling::p').first().innerText()).length > 3);
    await button('Take all away', dialog()).click();
    await waiting.getByText('No fault waits').waitFor();
  }
});

test('faults are met as the builder was told', async () => {
  await button('Faults').click();
  const kind = dialog().getByRole('combobox', { name: 'Fault', exact: true });
  const add = async () => {
    await dialog().getByRole('button', { name: /this fault$/ }).click();
    await said('The fault ');
  };
  const waiting = dialog().getByRole('region', { name: 'Faults that wait' });

  await kind.selectOption('respond');
  await dialog().getByLabel('Status').fill('418');
  await dialog().getByLabel('Headers').fill('X-Tea: green\nretry-after: 1');
  await dialog().getByLabel('Body').fill('short and stout');
  await dialog().getByLabel('How many').fill('2');
  await add();
  await waiting.getByText('respond').waitFor();
  await kind.selectOption('code');
  await dialog().getByLabel('Code').fill('ORG_INACTIVE');
  await dialog().getByLabel('Every one, until it is taken away').check();
  await dialog().getByText('"set_fault"').waitFor();
  await add();
  await waiting.getByText('Afterwards every request').waitFor();
  await button('Done', dialog()).click();
  await button('Faults 3 waiting').waitFor();
  const answer = await fetch(sandbox.url + SEND, { method: 'POST', body: '{}' });
  assert.deepEqual([answer.status, answer.headers.get('x-tea')], [418, 'green']);
  assert.equal(await answer.text(), 'short and stout');
  assert.deepEqual([await sandbox.send(sms('2')), await sandbox.send(sms('3')), await sandbox.send(sms('4'))], [418, 403, 403]);
  await row('3').first().getByText('code', { exact: true }).waitFor();

  await button('Faults 1 waiting').click();
  await kind.selectOption('limit');
  await dialog().getByLabel('Requests a second').fill('1');
  await dialog().getByText('429 with Retry-After: 1 for what is more than 1 requests').waitFor();
  await add();
  await waiting.getByText('For all requests').waitFor();
  // Of two at a time one is too much, unless they are a second apart.
  await eventually(async () => {
    const statuses = await Promise.all([sandbox.send(sms('5')), sandbox.send(sms('6'))]);
    assert.deepEqual(statuses.sort(), [403, 429]);
  });
  await button('Take all away', dialog()).click();
  await waiting.getByText('No fault waits').waitFor();
  assert.equal(await sandbox.send(sms('7')), 200);

  // The port closes for everybody, also for the page, which says so.
  const close = async (milliseconds) => {
    await kind.selectOption('refuse');
    await dialog().getByLabel('Milliseconds').fill(milliseconds);
    await add();
  };
  inbox.expect(/^Failed to load resource: net::ERR_/);
  await close('500');
  await eventually(async () => assert.equal(await sandbox.send(sms('8')), 200));
  await row('8').first().waitFor();
  await close('600000');
  assert.equal(await sandbox.send(sms('9')), null);
  await button('Done', dialog()).click();
  await button('Export').click();
  await said('The sandbox does not answer');
});

test('a wrong field of a fault is named beside it', async () => {
  expectRefusals();
  await button('Faults').click();
  const kind = dialog().getByRole('combobox', { name: 'Fault', exact: true });
  for (const [name, label, value, problem] of [
    ['slow', 'Milliseconds a byte', 'soon', 'invalid type'],
    ['respond', 'Status', '99', 'must be 200 to 599'],
    ['redirect', 'Status', '200', 'must be 300 to 399'],
    ['limit', 'Requests a second', '0', 'must be 1 or more'],
    ['reset', 'How many', '0', 'must be 1 or more'],
    ['respond', 'Headers', 'a b: c', 'is not a header name'],
  ]) {
    await kind.selectOption(name);
    const field = dialog().getByLabel(label, { exact: true });
    await field.fill(value);
    await dialog().getByRole('button', { name: /this fault$/ }).click();
    await dialog().locator('.wrong').filter({ hasText: problem }).waitFor();
    if (label !== 'Headers') assert.equal(await field.getAttribute('aria-invalid'), 'true', label);
    await kind.selectOption('garbage');
    await dialog().locator('.wrong').waitFor({ state: 'detached' });
    await dialog().getByLabel('How many').fill('1');
  }
});

test('every part of the state can be changed', async () => {
  await button('State').click();
  const field = (label) => dialog().getByLabel(label, { exact: true });
  await field('Balance').fill('12.50');
  await field('Currency').fill('EUR');
  await field('Organisation').selectOption('inactive');
  await field('App').selectOption('missing');
  await field('After, in milliseconds').fill('');
  await field('Status then').fill('READ');
  await field('Form').selectOption('pagination');
  await field('hasMore').uncheck();
  await field('EMAIL').selectOption('no_credentials');
  await field('Price of SMS').fill('');
  await field('Price of WHATSAPP').fill('0.10');
  await field('Another channel').fill('RCS');
  await button('Add', dialog()).click();
  await field('RCS').selectOption('not_configured');
  await field('Price of RCS').fill('0.30');
  await button('Save', dialog()).click();
  await said('The state is changed');
  await dialog().waitFor({ state: 'detached' });
  assert.deepEqual(await state(), {
    organization: 'inactive',
    app: 'missing',
    channels: { EMAIL: 'no_credentials', RCS: 'not_configured', SMS: 'configured', WHATSAPP: 'configured' },
    balance: '12.50',
    currency: 'EUR',
    prices: { EMAIL: '0.01', RCS: '0.30', WHATSAPP: '0.10' },
    delivery: { after_ms: null, status: 'READ' },
    page_totals: ['total', 'totalPages'],
    page_style: 'pagination',
  });
  await page.getByText('12.50').waitFor();
  await page.getByRole('combobox', { name: 'Channel' }).selectOption('RCS');
});

test('only what was changed is sent, and a wrong field is named beside it', async () => {
  expectRefusals();
  await button('State').click();
  const field = (label) => dialog().getByLabel(label, { exact: true });
  // The balance sinks while the dialog is open, and is not put back.
  await sandbox.send(sms('Meanwhile'));
  await field('App').selectOption('inactive');
  await button('Save', dialog()).click();
  await dialog().waitFor({ state: 'detached' });
  assert.deepEqual([(await state()).balance, (await state()).app], ['99.95', 'inactive']);

  await button('State').click();
  for (const [label, wrong, right, problem] of [
    ['Balance', 'much', '5.00', 'is not a decimal amount'],
    ['After, in milliseconds', 'soon', '5', 'invalid type'],
    ['Status then', '', 'READ', 'must not be empty'],
    ['Price of SMS', '-1', '1', 'must not be negative'],
  ]) {
    await field(label).fill(wrong);
    await button('Save', dialog()).click();
    await dialog().locator('.wrong').filter({ hasText: problem }).waitFor();
    assert.equal(await field(label).getAttribute('aria-invalid'), 'true', label);
    await field(label).fill(right);
  }
  await button('Cancel', dialog()).click();
  await dialog().waitFor({ state: 'detached' });
  assert.equal((await state()).balance, '99.95');
});

test('a reset is asked about', async () => {
  await sandbox.send(sms('Keep'));
  await row('Keep').waitFor();
  await button('Reset').click();
  await button('Cancel', dialog()).click();
  await row('Keep').waitFor();
  await button('Reset').click();
  await button('Reset', dialog()).click();
  await said('The sandbox is as at its start');
  await page.getByRole('heading', { name: 'No message yet' }).waitFor();
  assert.deepEqual(await sandbox.control({ op: 'messages' }), []);
});

test('the record alone can be cleared', async () => {
  await sandbox.send(sms('Stays'));
  await sandbox.control({ op: 'push_fault', fault: { kind: 'html502' } });
  await row('Stays').waitFor();
  await button('Reset').click();
  await button('Clear the record', dialog()).click();
  await said('The record of requests is cleared');
  await dialog().waitFor({ state: 'detached' });
  assert.deepEqual(await sandbox.control({ op: 'requests' }), []);
  assert.equal((await sandbox.control({ op: 'messages' })).length, 1);
  assert.equal((await state()).balance, '99.95');
  assert.equal(await sandbox.send(sms('Fault')), 502);
  await row('Stays').waitFor();
});

test('of many changes of a status the page keeps the newest', async () => {
  await sandbox.control({ op: 'set_state', state: UNDELIVERED });
  await sandbox.send(sms('Often'));
  await sandbox.send(sms('Once'));
  const [{ messageId }] = await sandbox.control({ op: 'messages' });
  for (let i = 1; i <= 53; i++) {
    await sandbox.control({ op: 'advance', status: `STATUS_${i}`, message_id: messageId });
  }
  await row('Often').getByText('STATUS_53').waitFor();
  await row('Often').click();
  const timeline = details().getByRole('region', { name: 'Timeline' });
  await timeline.getByText('3 older statuses have left').waitFor();
  await eventually(async () => {
    const statuses = await timeline.getByText(/^Status/).allInnerTexts();
    assert.deepEqual([statuses.length, ...statuses.slice(0, 2), statuses.at(-1)], [51, 'Status SENT', 'Status STATUS_4', 'Status STATUS_53']);
  });
  await row('Once').click();
  await timeline.getByText('Status SENT').waitFor();
  await timeline.getByText('have left').waitFor({ state: 'detached' });
});

test('what the list shows can be saved', async () => {
  await sandbox.control({ op: 'set_state', state: UNDELIVERED });
  const long = 'x'.repeat(5000);
  await sandbox.send(sms(`Long ${long}`));
  await sandbox.send(otp('141421'));
  await sandbox.control({ op: 'advance', status: 'READ' });
  await row('141421').getByText('READ').waitFor();
  await page.getByRole('searchbox', { name: /^Search/ }).fill('long');
  await page.getByText('1 match').waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), button('Export').click()]);
  await said('1 request exported');
  assert.equal(download.suggestedFilename(), 'inbox.jsonl');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0]);
  assert.equal(JSON.parse(line.request.body).request.content, `Long ${long}`);
  assert.equal(line.message.status, 'READ');
  assert.deepEqual(line.history.map(({ status }) => status), ['READ']);
  assert.equal(line.answer.status, 200);
});

test('the picture shows sends by outcome, over two minutes or an hour', async () => {
  for (let i = 0; i < 5; i++) await sandbox.send(sms(String(i)));
  await sandbox.send({ channel: 'SMS', to: 'nobody', content: 'x' });
  const picture = page.getByRole('region', { name: 'Throughput' }).getByRole('img');
  const tells = (pattern) => eventually(async () => assert.match(await picture.getAttribute('aria-label'), pattern));
  await tells(/^Sends in the last 2 min: 6, at most \d a second\. Since the start: 5 sent, 1 rejected, 0 unknown\.$/);
  for (const outcome of ['sent', 'rejected']) await picture.locator(`rect.${outcome}`).first().waitFor();
  await button('1 h').click();
  await tells(/^Sends in the last 1 h: 6, at most 1 a second/);
});

test('a campaign fills the picture', async () => {
  const forPictures = Boolean(process.env.PICTURES);
  await sandbox.control({ op: 'set_state', state: { balance: '100000.00' } });
  await sandbox.control({ op: 'push_fault', fault: { kind: 'limit', per_second: forPictures ? 25 : 1 } });
  const end = Date.now() + (forPictures ? 20_000 : 0);
  const seen = new Set();
  const send = (i) => sandbox.send(sms(`Your code is ${100_000 + ((i * 7919) % 900_000)}.`, `+65${90_000_000 + i}`));
  // Two at a time, so that on any machine some are more than the limit.
  for (let i = 0; Date.now() < end || seen.size < 3; i += 2) {
    if (i % 40 === 8) await sandbox.control({ op: 'push_fault', fault: { kind: 'close_after_read' } });
    for (const status of await Promise.all([send(i), send(i + 1)])) seen.add(status);
    await new Promise((resolve) => setTimeout(resolve, 30 + 70 * Math.sin(i / 90) ** 2));
  }
  const bars = page.getByRole('region', { name: 'Throughput' }).locator('rect');
  for (const outcome of ['sent', 'rejected', 'unknown']) {
    await bars.and(page.locator(`.${outcome}`)).first().waitFor();
  }
  await takePicture(page, 'campaign');
});
