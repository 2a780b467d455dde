// Every call settles once, whatever happens to its client meanwhile.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { sms, until } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

test('sent, aborted, out of time, refused and closed at once: each call settles once, and the sandbox agrees', async () => {
  sandbox.setState({ balance: '1000' });
  sandbox.setFault({ kind: 'stall', ms: 25 });
  const client = sandbox.client({ maxConnections: 8 });
  const tally = { sent: 0, not_sent: 0, unknown: 0, rejected: 0 };
  const controllers = [];
  // Calls that are aborted in the midst of their request, wherever time has brought the others.
  const open = new Set();
  const calls = Array.from({ length: 300 }, (_, n) => {
    const controller = new AbortController();
    controllers.push(controller);
    const options = [undefined, { signal: controller.signal }, { timeout: 40 }, { signal: controller.signal }][n % 4];
    const message = n % 50 === 0 ? {} : { ...sms, content: `message ${n}` };
    if (n % 4 === 1) setTimeout(() => controller.abort(), n % 120);
    if (n % 4 === 3) open.add(n);
    let settled = 0;
    const settle = (outcome) => {
      tally[outcome] += 1;
      settled += 1;
      open.delete(n);
      return () => settled;
    };
    return client.send(message, options).then(() => settle('sent'), (error) => settle(error.outcome));
  });
  // In mid-run: some have ended each way, and most have not.
  await until(() => {
    // Who came first is under way.
    const [eldest] = open;
    if (tally.sent > 0) controllers[eldest]?.abort();
    return tally.sent > 0 && tally.unknown > 0;
  });
  await client.close();
  for (const settled of await Promise.all(calls)) assert.equal(settled(), 1);
  assert.equal(tally.sent + tally.not_sent + tally.unknown + tally.rejected, 300);
  assert.ok(tally.sent > 0 && tally.not_sent > 0 && tally.unknown > 0, JSON.stringify(tally));
  for (const { signal } of controllers) assert.equal(getEventListeners(signal, 'abort').length, 0);
  await sleep(60);
  const arrived = sandbox.requests.length;
  assert.ok(arrived >= tally.sent && arrived <= tally.sent + tally.unknown, `${arrived} ${JSON.stringify(tally)}`);
});

test('send never throws synchronously', async () => {
  const client = sandbox.client();
  const hostile = { get channel() { throw new Error('no'); } };
  for (const args of [[], [null], [hostile], [sms, null], [sms, { nonsense: 1 }], [1n], [Symbol('x')]]) {
    const promise = client.send(...args);
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, (error) => error.outcome === 'not_sent');
  }
  assert.deepEqual(sandbox.requests, []);
});

test('a message may be changed and a client forgotten once send was called', async () => {
  const message = { ...sms };
  const sending = sandbox.client().send(message);
  message.content = 'something else';
  await sending;
  assert.equal(sandbox.messages[0].request.content, sms.content);
});
