'use strict';
// Faults of the addon itself, played by its own methods: no call of it fails so.

const assert = require('node:assert/strict');
const { after, afterEach, before, mock, test } = require('node:test');
const { OutcomeUnknownError, PartnerMessagingError } = require('partner-messaging');
const { Sandbox } = require('partner-messaging/testing');
const { NativeCallQueue, NativeClient } = require('../native.cjs');
const { sms } = require('./support/support.cjs');

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => mock.restoreAll());
after(() => sandbox.stop());

const thrown = () => {
  throw new Error('a panic');
};

/** The addon's list, with a fault in the place of what each call came to. */
function faulty() {
  const take = NativeCallQueue.prototype.takeCompleted;
  mock.method(NativeCallQueue.prototype, 'takeCompleted', function () {
    const numbers = JSON.parse(take.call(this)).filter((_, at) => at % 3 === 0);
    return JSON.stringify(numbers.flatMap((number) => [number, false, null]));
  });
}

for (const [name, play] of [
  ['while a call begins', () => ['send', 'getBalance'].forEach((method) => mock.method(NativeClient.prototype, method, thrown))],
  ['in the midst of a call', faulty],
]) {
  test(`a fault of the addon ${name} rejects, and proves nothing`, async () => {
    const client = sandbox.client();
    play();
    const signal = new AbortController().signal;
    for (const options of [undefined, { signal }]) {
      const error = await client.send(sms, options).catch((caught) => caught);
      assert.ok(error instanceof OutcomeUnknownError);
      assert.deepEqual([error.outcome, error.kind], ['unknown', 'internal']);
      const read = await client.getBalance(options).catch((caught) => caught);
      assert.ok(read instanceof PartnerMessagingError);
      assert.deepEqual([read.outcome, read.kind], [null, 'internal']);
    }
    mock.restoreAll();
    assert.equal((await client.send(sms)).status, 'SENT');
  });
}
