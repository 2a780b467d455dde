'use strict';
// The classes of errors are the core's, and none shows what is secret.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { inspect } = require('node:util');
const api = require('partner-messaging');
const { Sandbox } = require('partner-messaging/testing');
const native = require('../native.cjs');
const { failure, sms } = require('./support/support.cjs');

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.stop());

test('the tree of classes is the core’s', () => {
  const table = native.errorClasses();
  for (const { name, parent } of table) {
    const errorClass = api[name];
    assert.equal(typeof errorClass, 'function', `${name} is not exported`);
    assert.equal(errorClass.name, name);
    assert.equal(errorClass.prototype.name, name);
    assert.equal(Object.getPrototypeOf(errorClass), parent === undefined ? Error : api[parent], name);
  }
  const exported = Object.keys(api).filter((name) => name.endsWith('Error'));
  assert.deepEqual(exported.sort(), table.map(({ name }) => name).sort());
});

test('every documented code makes its class', async () => {
  const client = sandbox.client({ maxRetries: 0 });
  for (const { name, code } of native.errorClasses().filter((row) => row.code)) {
    sandbox.pushFault({ kind: 'code', code });
    const error = await failure(client.send(sms));
    assert.equal(error.constructor, api[name]);
    assert.ok(error instanceof api.ApiError && error instanceof api.PartnerMessagingError && error instanceof Error);
    assert.equal(error.code, code);
    assert.equal(error.outcome, 'rejected');
  }
});

test('what is absent is null, and the name is on the prototype', async () => {
  const error = await failure(sandbox.client().send({ ...sms, to: 'nobody' }));
  assert.deepEqual(
    { ...error },
    {
      outcome: 'not_sent',
      kind: 'invalid_message',
      attempts: 0,
      elapsed: 0,
      status: null,
      code: null,
      requestId: null,
      retryAfter: null,
      field: 'to',
    },
  );
  assert.equal(error.body, null);
  assert.ok(!Object.hasOwn(error, 'name') && !Object.hasOwn(error, 'cause'));
});

test('an error has the stack of its caller, whatever ended the call', async () => {
  const endings = {
    InvalidMessageError: (client) => client.send({ ...sms, to: 'nobody' }),
    ConfigError: (client) => client.send(sms, { timeout: -1 }),
    OutcomeUnknownError: (client) => client.send(sms),
    TransportError: (client) => client.send(sms, { signal: AbortSignal.abort() }),
  };
  for (const [name, ending] of Object.entries(endings)) {
    sandbox.reset();
    sandbox.setFault({ kind: 'reset' });
    async function theCaller() {
      await ending(sandbox.client());
    }
    const error = await failure(theCaller());
    assert.equal(error.name, name);
    assert.match(error.stack, new RegExp(`^${name}: .*\\n(.*\\n)*.*at async theCaller .*errors\\.test\\.cjs`));
  }
  sandbox.reset();
  function theMaker() {
    return new api.Client({ apiKey: 'k', timeout: 0 });
  }
  assert.throws(theMaker, (error) => /^ConfigError: .*\n(.*\n)*.*at theMaker /.test(error.stack));
});

test('what crosses to another thread: the error’s text and stack, and all facts of its JSON', async () => {
  sandbox.pushFault({ kind: 'code', code: 'INSUFFICIENT_CREDIT' });
  const error = await failure(sandbox.client().send(sms));
  // The algorithm drops the class and the fields of any error.
  const cloned = structuredClone(error);
  assert.ok(cloned instanceof Error);
  assert.deepEqual([cloned.message, cloned.stack], [error.message, error.stack]);
  const facts = structuredClone(error.toJSON());
  assert.deepEqual(facts, error.toJSON());
  assert.deepEqual(
    [facts.name, facts.code, facts.outcome, facts.kind],
    ['InsufficientCreditError', 'INSUFFICIENT_CREDIT', 'rejected', 'api'],
  );
});

test('neither text nor JSON nor inspect shows what is secret', async () => {
  const client = sandbox.client({ apiKey: 'sandbox-key', maxRetries: 0, proxy: 'http://user:proxy-secret@127.0.0.1:1' });
  const message = { ...sms, content: 'Your code is 246810' };
  const secrets = /246810|6591234567|sandbox-key|proxy-secret/;
  sandbox.pushFault({
    kind: 'respond',
    status: 400,
    body: { success: false, code: 'X', error: 'no: +6591234567, sandbox-key, Your code is 246810' },
  });
  sandbox.pushFault({ kind: 'reset' });
  const errors = [
    await failure(client.send(message)),
    await failure(client.send(message)),
    await failure(client.send({ ...message, to: ['+6591234567'] })),
    await failure(client.send(message, { headers: { 'x-tag': 'sandbox-key\n' } })),
  ];
  assert.deepEqual(errors.map((error) => error.outcome), ['rejected', 'unknown', 'not_sent', 'not_sent']);
  for (const error of errors) {
    for (const shown of [String(error), error.stack, JSON.stringify(error), inspect(error, { depth: 9, showHidden: true })]) {
      assert.doesNotMatch(shown, secrets);
    }
    assert.equal(JSON.parse(JSON.stringify(error)).message, error.message);
  }
  assert.match(errors[0].body, /no: \[redacted\]/);
  assert.ok(!('body' in errors[0].toJSON()));
  assert.doesNotMatch(inspect(client, { depth: 9, showHidden: true }), secrets);
  assert.equal(JSON.stringify(client), '{}');
});

test('users can make errors for their own tests', () => {
  const error = new api.RateLimitError('later', { outcome: 'rejected', retryAfter: 1000, cause: 7 });
  assert.deepEqual([error.name, error.retryAfter, error.kind, error.cause], ['RateLimitError', 1000, null, 7]);
});
