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

test('what crosses to another thread: the error’s text and stack, and all fields of its JSON', async () => {
  sandbox.pushFault({ kind: 'code', code: 'INSUFFICIENT_CREDIT' });
  const error = await failure(sandbox.client().send(sms));
  // The algorithm drops the class and the fields of any error.
  const cloned = structuredClone(error);
  assert.ok(cloned instanceof Error);
  assert.deepEqual([cloned.message, cloned.stack], [error.message, error.stack]);
  const fields = structuredClone(error.toJSON());
  assert.deepEqual(fields, error.toJSON());
  assert.deepEqual(
    [fields.name, fields.code, fields.outcome, fields.kind],
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

test('an error that is made by hand, for a test, has what its class implies', () => {
  const implied = {
    PartnerMessagingError: [null, 'internal'],
    ConfigError: ['not_sent', 'config'],
    InvalidMessageError: ['not_sent', 'invalid_message'],
    TransportError: ['not_sent', 'connect'],
    ApiError: ['rejected', 'api'],
    SpendLimitError: ['not_sent', 'spend_limit'],
    JournalError: ['not_sent', 'journal'],
    OutcomeUnknownError: ['unknown', 'timeout'],
    ProtocolError: [null, 'malformed'],
  };
  for (const { name, parent, code } of native.errorClasses()) {
    const error = new api[name]('by hand');
    assert.deepEqual([error.name, error.message, error.attempts, error.field], [name, 'by hand', 0, null]);
    assert.deepEqual([error.outcome, error.kind], implied[name] ?? implied[parent], name);
    assert.equal(error.code, name === 'ConfigError' ? 'ERR_INVALID_ARG_VALUE' : (code ?? null));
    assert.equal(error.status, { AuthenticationError: 401, RateLimitError: 429 }[name] ?? null);
    // What the maker says counts, a user's own subclass inherits, and `undefined` is nothing said.
    class Own extends api[name] {}
    const { outcome, kind, elapsed, trail } = new Own('', { outcome: undefined, kind: 'dns', elapsed: 5 });
    assert.deepEqual([outcome, kind, elapsed, trail], [error.outcome, 'dns', 5, []]);
    assert.equal(new api[name]('', { outcome: null }).outcome, null);
  }
  const error = new api.RateLimitError('later', { retryAfter: 1000, cause: 7 });
  assert.deepEqual([error.retryAfter, error.cause, error.toJSON().retryAfter], [1000, 7, 1000]);
});

test('a read that fails has no outcome, whatever the class', async () => {
  const client = sandbox.client({ maxRetries: 0 });
  sandbox.pushFault({ kind: 'code', code: 'MESSAGE_NOT_FOUND' });
  sandbox.pushFault({ kind: 'reset' });
  const calls = [
    ['MessageNotFoundError', () => client.getMessage('msg_1')],
    ['TransportError', () => client.getBalance()],
    ['ConfigError', () => client.getMessage('msg_1', { timeout: 0 })],
    ['ConfigError', () => client.getMessage('msg_1', { retries: 1 })],
    ['ConfigError', () => client.getMessage(7)],
    ['ConfigError', () => client.request('GET', new URL('http://localhost/x'))],
  ];
  for (const [name, call] of calls) {
    const error = await failure(call());
    assert.deepEqual([error.name, error.outcome], [name, null]);
    assert.doesNotMatch(error.message, /sent/);
  }
  assert.throws(() => client.listMessages({ colour: 'blue' }), { name: 'ConfigError', outcome: null });
});

test('a method without its client says what to do', async () => {
  const client = sandbox.client();
  const { send, getBalance, close, listMessages, spending } = client;
  for (const call of [send(sms), send.call({}, sms), new Proxy(client, {}).send(sms)]) {
    const error = await failure(call);
    assert.deepEqual([error.name, error.outcome, error.field], ['ConfigError', 'not_sent', 'send']);
    assert.match(error.message, /client\.send\(…\).*client\.send\.bind\(client\)/);
  }
  assert.match((await failure(getBalance())).message, /client\.getBalance/);
  assert.match((await failure(close())).message, /client\.close/);
  assert.throws(() => listMessages(), { name: 'ConfigError' });
  assert.throws(() => spending(), { name: 'ConfigError' });
  assert.equal((await send.bind(client)(sms)).status, 'SENT');
});

test('an error names an option by one name', () => {
  for (const [options, field] of [
    [{ apiKey: 'two words' }, 'apiKey'],
    [{ apiKey: 'k', baseUrl: 'ftp://x' }, 'baseUrl'],
    [{ apiKey: 'k', headers: { 'x-tag': 'ä' } }, 'headers'],
  ]) {
    assert.throws(
      () => new api.Client(options),
      ({ message, field: named }) => named === field && message.startsWith(`${field}: `) && !/[a-z]_[a-z]/.test(message),
    );
  }
});
