// AbortSignal: the outcome is the core's, and no listener stays behind.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknownError, TransportError } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { failure, sms, until } = support;
const listeners = (signal) => getEventListeners(signal, 'abort').length;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

const arrived = (count) => until(() => sandbox.requests.length >= count);

test('aborted before: nothing is sent', async () => {
  const reason = new Error('changed my mind');
  const signal = AbortSignal.abort(reason);
  const error = await failure(sandbox.client().send(sms, { signal }));
  assert.equal(error.constructor, TransportError);
  assert.deepEqual([error.kind, error.outcome, error.attempts], ['cancelled', 'not_sent', 0]);
  assert.equal(error.cause, reason);
  assert.equal(listeners(signal), 0);
  await sleep(50);
  assert.deepEqual(sandbox.requests, []);
});

test('aborted in the same turn: nothing is sent', async () => {
  const client = sandbox.client();
  for (let i = 0; i < 50; i += 1) {
    const controller = new AbortController();
    const sending = client.send(sms, { signal: controller.signal });
    controller.abort();
    const error = await sending.catch((caught) => caught);
    assert.ok(error instanceof TransportError);
    assert.deepEqual([error.outcome, error.kind, error.cause], ['not_sent', 'cancelled', controller.signal.reason]);
  }
  await sleep(100);
  assert.deepEqual(sandbox.requests, []);
});

test('aborted while the service thinks: the outcome is unknown', async () => {
  sandbox.setFault({ kind: 'stall' });
  const controller = new AbortController();
  const sending = failure(sandbox.client().send(sms, { signal: controller.signal }));
  await arrived(1);
  assert.equal(listeners(controller.signal), 1);
  controller.abort('too slow');
  const error = await sending;
  assert.equal(error.constructor, OutcomeUnknownError);
  assert.deepEqual([error.kind, error.outcome, error.attempts, error.cause], ['cancelled', 'unknown', 1, 'too slow']);
  assert.equal(listeners(controller.signal), 0);
});

test('aborted while waiting for its turn: nothing was sent', async () => {
  sandbox.setFault({ kind: 'stall' });
  const client = sandbox.client({ maxConnections: 1 });
  const first = failure(client.send(sms));
  await arrived(1);
  const controller = new AbortController();
  const second = failure(client.send(sms, { signal: controller.signal }));
  setTimeout(() => controller.abort(), 20);
  assert.deepEqual([(await second).kind, (await second).outcome], ['cancelled', 'not_sent']);
  await client.close();
  assert.equal((await first).outcome, 'unknown');
});

test('AbortSignal.timeout works as any other', async () => {
  sandbox.setFault({ kind: 'stall' });
  const error = await failure(sandbox.client().send(sms, { signal: AbortSignal.timeout(2000) }));
  assert.equal(error.outcome, 'unknown');
  assert.equal(error.cause.name, 'TimeoutError');
});

test('one signal ends every call that shares it', async () => {
  sandbox.setFault({ kind: 'stall' });
  const client = sandbox.client();
  const controller = new AbortController();
  const sending = Array.from({ length: 20 }, () => failure(client.send(sms, { signal: controller.signal })));
  await arrived(20);
  controller.abort();
  for (const error of await Promise.all(sending)) {
    assert.deepEqual([error.kind, error.outcome], ['cancelled', 'unknown']);
  }
  assert.equal(listeners(controller.signal), 0);
});

test('an abort too late changes nothing', async () => {
  const controller = new AbortController();
  const receipt = await sandbox.client().send(sms, { signal: controller.signal });
  controller.abort();
  assert.equal(receipt.status, 'SENT');
});

test('another failure keeps its own kind and has no cause', async () => {
  sandbox.setState({ balance: '0' });
  const controller = new AbortController();
  const error = await failure(sandbox.client().send(sms, { signal: controller.signal }));
  assert.equal(error.outcome, 'rejected');
  assert.ok(!('cause' in error) || error.cause === undefined);
  assert.equal(listeners(controller.signal), 0);
});

test('one signal for a thousand calls: no listener stays, no warning is printed', async () => {
  const warnings = [];
  const warn = (warning) => warnings.push(warning);
  process.on('warning', warn);
  const client = sandbox.client();
  const { signal } = new AbortController();
  for (let i = 0; i < 10; i += 1) {
    const calls = Array.from({ length: 100 }, (_, n) =>
      client.send(n % 2 ? sms : {}, { signal }).catch((error) => assert.equal(error.field, 'channel')),
    );
    assert.equal(listeners(signal), 1);
    await Promise.all(calls);
    assert.equal(listeners(signal), 0);
  }
  await sleep(10);
  process.off('warning', warn);
  assert.deepEqual(warnings, []);
});
