// What comes is shown at once, and what changes later, too.

import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { email, eventually, Inbox, otp, Sandbox, sms, startBrowser, UNDELIVERED } from './support.mjs';

let browser, sandbox, inbox;
before(async () => (browser = await startBrowser()));
after(() => browser.close());
beforeEach(async () => {
  sandbox = await Sandbox.start(UNDELIVERED);
  inbox = await Inbox.open(browser, sandbox);
});
afterEach(async () => {
  await inbox.close().finally(() => sandbox.stop());
});

/** A port before sandboxes that come and go: what connects to it is led to the present one. */
async function startPort() {
  const port = { sandbox };
  const server = createServer((socket) => {
    const onward = connect(new URL(port.sandbox.url).port, '127.0.0.1');
    for (const [one, other] of [[socket, onward], [onward, socket]]) {
      one.pipe(other);
      one.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that failed does not close it.
  server.unref();
  port.url = `http://127.0.0.1:${server.address().port}`;
  port.close = () => server.close();
  return port;
}

const rows = () => inbox.page.getByRole('listbox').getByRole('option');
const row = (text) => rows().filter({ hasText: text });
const details = () => inbox.page.getByRole('article', { name: 'Request' });

test('a message is there soon after it was sent, and its status when it changes', async () => {
  const times = [];
  for (const message of [sms('One'), otp('271828'), email('Three', '<p>Hello</p>')]) {
    const text = message.content ?? message.subject ?? '271828';
    assert.equal(await sandbox.send(message), 200);
    const sent = performance.now();
    await row(text).waitFor();
    times.push(performance.now() - sent);
    await row(text).getByText('SENT', { exact: true }).waitFor();
  }
  // A tenth of a second, and on a busy machine whatever the machine takes.
  assert.ok(Math.min(...times) < 10_000, `${times} ms`);
  await sandbox.control({ op: 'set_state', state: { delivery: { after_ms: 1000 } } });
  await sandbox.send(sms('Delivered'));
  await row('Delivered').getByText('DELIVERED').waitFor();
  const { messageId } = (await sandbox.control({ op: 'messages' }))[0];
  await sandbox.control({ op: 'advance', message_id: messageId, status: 'READ' });
  await row('One').getByText('READ').waitFor();
  await inbox.page.getByText('99.77').waitFor();
  assert.equal(await row('271828').getByText('READ').count(), 0);
});

test('the list is newest first, with what each request came to', async () => {
  await sandbox.send(sms('First'));
  await sandbox.send({ channel: 'SMS', to: 'nobody', content: 'Second' });
  await sandbox.control({ op: 'push_fault', fault: { kind: 'close_after_read' } });
  assert.equal(await sandbox.send(sms('Third')), null);
  await sandbox.control({ op: 'push_fault', fault: { kind: 'close_before_read' } });
  await sandbox.send(sms('Fourth'));
  const expected = [
    ['Cut off', 'before it was read', 'close_before_read', 'unknown'],
    ['Third', 'close_after_read', 'unknown'],
    ['nobody', 'Second', 'rejected'],
    ['+6591234567', 'First', 'SENT'],
  ];
  await eventually(async () => {
    const texts = await rows().allInnerTexts();
    assert.equal(texts.length, expected.length);
    expected.forEach((words, i) => {
      for (const word of words) assert.ok(texts[i].includes(word), `${word} in ${texts[i]}`);
    });
  });
  for (const [name, number] of Object.entries({ All: 4, Sent: 1, Rejected: 1, Unknown: 2, Reads: 0 })) {
    await inbox.page.getByRole('button', { name: `${name} ${number}`, exact: true }).waitFor();
  }
});

test('the timeline tells all attempts and all statuses of a message', async () => {
  await sandbox.control({ op: 'set_state', state: { delivery: { after_ms: 3_600_000 } } });
  await sandbox.control({ op: 'push_fault', fault: { kind: 'rate_limit', retry_after: 1 } });
  assert.equal(await sandbox.send(sms('Try again')), 429);
  assert.equal(await sandbox.send(sms('Try again')), 200);
  await row('Try again').nth(1).waitFor();
  await row('Try again').first().click();
  const timeline = details().getByRole('region', { name: 'Timeline' });
  await timeline.getByText('Status DELIVERED').waitFor();
  await eventually(async () => {
    const moments = await timeline.getByRole('listitem').allInnerTexts();
    assert.equal(moments.length, 4);
    assert.match(moments[0], /Another request with the same body: rejected\s+Not taken. The client saw 429, Retry-After: 1/);
    assert.match(moments[1], /Request: accepted/);
    assert.match(moments[2], /Status SENT/);
    assert.match(moments[3], /Status DELIVERED in (1 h|60 min|5\d min)/);
  });

  await sandbox.control({ op: 'advance', status: 'READ' });
  await timeline.getByText('Status READ').waitFor();
  // It no longer changes by itself.
  await timeline.getByText('Status DELIVERED').waitFor({ state: 'detached' });
  await timeline.getByRole('button', { name: 'Show this request' }).click();
  await details().getByText('rejected', { exact: true }).waitFor();
  await details().getByText('Another request with the same body: accepted').waitFor();
});

test('a page that is opened later shows what was there', async () => {
  await sandbox.send(sms('Before'));
  await sandbox.control({ op: 'advance', status: 'READ' });
  await inbox.load(sandbox.url);
  await row('Before').getByText('READ').waitFor();
  await row('Before').click();
  const statuses = details().getByRole('region', { name: 'Timeline' }).getByText(/^Status/);
  await eventually(async () => assert.deepEqual(await statuses.allInnerTexts(), ['Status SENT', 'Status READ']));
});

test('a page that lost its sandbox goes on with the next one', async () => {
  const port = await startPort();
  // The browser tells of the connections that failed.
  inbox.expect(/^Failed to load resource: net::ERR_/);
  await inbox.load(port.url);
  await sandbox.send(sms('Before'));
  await row('Before').waitFor();
  await sandbox.stop();
  await inbox.page.getByText('Connecting…').waitFor();
  sandbox = port.sandbox = await Sandbox.start();
  await inbox.page.getByText('Live', { exact: true }).waitFor();
  await inbox.page.getByRole('heading', { name: 'No message yet' }).waitFor();
  await sandbox.send(sms('After'));
  await row('After').waitFor();
  port.close();
});

test('a reset empties the page', async () => {
  await sandbox.send(sms('Gone soon'));
  await row('Gone soon').click();
  await details().waitFor();
  await sandbox.control({ op: 'reset' });
  await inbox.page.getByRole('heading', { name: 'No message yet' }).waitFor();
  await details().waitFor({ state: 'detached' });
  await inbox.page.getByText('100.00').waitFor();
});

test('what is read stays where it is while newer messages come', async () => {
  for (let i = 0; i < 60; i++) await sandbox.send(sms(`Message ${i}`));
  await row('Message 59').waitFor();
  const list = inbox.page.getByRole('listbox');
  await list.evaluate((element) => (element.scrollTop = 1500));
  const topOf = async (text) => (await row(text).boundingBox()).y;
  await row('Message 34').waitFor();
  const before = await topOf('Message 34');
  for (let i = 60; i < 70; i++) await sandbox.send(sms(`Message ${i}`));
  await inbox.page.getByText('70 requests').waitFor();
  await eventually(async () => assert.ok(Math.abs((await topOf('Message 34')) - before) < 2));
  // At its top the list shows what comes.
  await list.evaluate((element) => (element.scrollTop = 0));
  await sandbox.send(sms('The newest'));
  await row('The newest').waitFor();
});

test('nothing is asked of anybody but the sandbox', async () => {
  await sandbox.send(email('Look', '<img src="http://canary.example/x.png"><p>Hi</p>'));
  await row('Look').click();
  await details().locator('iframe').waitFor();
  // That the email's picture is refused, the browser tells.
  inbox.expect(/canary\.example/);
  await inbox.page.waitForTimeout(300);
  const others = inbox.asked.filter((url) => !url.startsWith(sandbox.url) && !url.startsWith('data:'));
  assert.deepEqual(others.filter((url) => url !== 'http://canary.example/x.png'), []);
});
