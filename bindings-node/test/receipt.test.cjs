'use strict';
// What a receipt holds, and what it shows.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { inspect } = require('node:util');
const { Receipt } = require('partner-messaging');
const { Sandbox } = require('partner-messaging/testing');
const { sms } = require('./support/support.cjs');

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.stop());

test('a receipt is frozen and has every field', async () => {
  const receipt = await sandbox.client().send(sms);
  assert.ok(receipt instanceof Receipt && Object.isFrozen(receipt));
  assert.deepEqual(Object.keys(receipt), [
    'messageId', 'recipient', 'channel', 'status', 'cost', 'currency', 'message', 'replayed', 'attempts', 'elapsed', 'raw', 'outcome',
  ]);
  const { request, createdAt, updatedAt, ...data } = sandbox.messages.at(-1);
  assert.deepEqual(data, receipt.raw);
  assert.deepEqual(request, sms);
  assert.equal(receipt.recipient, sms.to);
  assert.ok(receipt.elapsed > 0 && receipt.elapsed < 10_000);
});

test('the cost keeps the digits that the service wrote', async () => {
  for (const [written, expected] of [
    ['0.10', '0.10'],
    ['12345678901234567.123456789', '12345678901234567.123456789'],
    ['1', '1'],
    ['"0.120"', '0.120'],
  ]) {
    sandbox.pushFault({ kind: 'respond', status: 200, body: `{"success":true,"data":{"messageId":"m","cost":${written}}}` });
    assert.equal((await sandbox.client().send(sms)).cost, expected);
  }
});

test('what is absent is null', async () => {
  sandbox.pushFault({ kind: 'respond', status: 200, body: { success: true, data: { messageId: 'm' } } });
  const { elapsed, ...receipt } = await sandbox.client().send(sms);
  assert.deepEqual(receipt, {
    messageId: 'm', recipient: null, channel: null, status: null, cost: null, currency: null, message: null, replayed: false, attempts: 1,
    raw: { messageId: 'm' }, outcome: 'sent',
  });
});

test('inspect and JSON mask the recipient to its last four characters', async () => {
  for (const [to, channel, shown] of [
    ['+6591234567', 'SMS', '*******4567'],
    ['abc', 'PIGEON', '***'],
    ['père Noël 🎅🎅', 'PIGEON', '********l 🎅🎅'],
  ]) {
    sandbox.setState({ channels: { PIGEON: 'configured' } });
    const receipt = await sandbox.client().send({ channel, to, content: 'x' });
    assert.equal(receipt.recipient, to);
    assert.equal(JSON.parse(JSON.stringify(receipt)).recipient, shown);
    for (const text of [inspect(receipt), inspect({ deep: { er: receipt } }, { depth: 9 }), JSON.stringify([receipt])]) {
      assert.ok(text.includes(shown) && !text.includes(to), text);
      assert.ok(!text.includes('raw'), text);
    }
  }
});

test('one switch on the outcome serves receipts and errors', async () => {
  const client = sandbox.client({ maxRetries: 0 });
  const outcomes = [];
  for (const fault of [undefined, { kind: 'code', code: 'ORG_INACTIVE' }, { kind: 'reset' }]) {
    if (fault) sandbox.pushFault(fault);
    const { outcome } = await client.send(sms).catch((error) => error);
    outcomes.push(outcome);
  }
  const { outcome } = await client.send({}).catch((error) => error);
  assert.deepEqual([...outcomes, outcome], ['sent', 'rejected', 'unknown', 'not_sent']);
  const receipt = await client.send(sms).catch((error) => error);
  assert.deepEqual([receipt.outcome, receipt.toJSON().outcome], ['sent', 'sent']);
});
