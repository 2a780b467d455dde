'use strict';
// Options and messages of the wrong kind.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const { Client, ConfigError, InvalidMessageError } = require('partner-messaging');
const { Sandbox } = require('partner-messaging/testing');
const { failure, run, sms, until } = require('./support/support.cjs');

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.stop());

const wrong = {
  apiKey: [7, null, 'hunter2\n'],
  baseUrl: [7, new URL('http://127.0.0.1')],
  timeout: ['5', null, 5n, NaN, Infinity, -1, 0],
  connectTimeout: ['5', {}],
  maxRetries: ['2', 1.5, -1, NaN, 2 ** 32],
  maxConnections: ['2', 0.5, -1, 1e9],
  maxHold: ['5', NaN, -1],
  keepAlive: [1, 'yes'],
  http2: [1, 'yes', null],
  proxy: [7, 'ftp://127.0.0.1:1'],
  trustEnv: ['no'],
  caFile: [7, '/nonexistent/ca.pem'],
  clientCertFile: [7, '/nonexistent/cert.pem'],
  clientKeyFile: [7],
  allowHttp: [0],
  headers: ['x: y', [['x', 'y']], new Map([['x', 'y']]), new Headers({ x: 'y' }), { x: 7 }, { x: null }, { x: 'a\r\nb' }],
  userAgent: [7, 'a\nb'],
  maxResponseBytes: ['1', 0, 0.5, -1],
  apikey: ['typo'],
  api_key: ['snake'],
  constructor: ['inherited'],
};

for (const [field, values] of Object.entries(wrong)) {
  test(`the client's option ${field} of the wrong kind is named`, () => {
    for (const value of values) {
      assert.throws(
        () => new Client({ apiKey: 'sandbox-key', [field]: value }),
        (error) => {
          assert.equal(error.constructor, ConfigError);
          const { outcome, kind, code, attempts, status } = error;
          assert.deepEqual(
            { outcome, kind, code, attempts, status, field: error.field },
            { outcome: 'not_sent', kind: 'config', code: 'ERR_INVALID_ARG_VALUE', attempts: 0, status: null, field },
          );
          assert.match(error.message, new RegExp(`^${field}: .*\\. Nothing was sent: correct the option`));
          assert.doesNotMatch(error.message, /hunter2/);
          return true;
        },
      );
    }
  });
}

test('options that are no object are refused', () => {
  for (const options of [null, 'key', 7]) {
    assert.throws(() => new Client(options), { name: 'ConfigError', field: 'options' });
  }
});

test('undefined leaves every default', async () => {
  const names = Object.keys(wrong).filter((name) => !['apikey', 'api_key', 'constructor', 'apiKey', 'baseUrl'].includes(name));
  const client = sandbox.client(Object.fromEntries(names.map((name) => [name, undefined])));
  const none = { signal: undefined, timeout: undefined, maxRetries: undefined, headers: undefined };
  assert.equal((await client.send(sms, none)).attempts, 1);
  assert.match(new Map(sandbox.requests.at(-1).headers).get('user-agent'), /^partner-messaging-node\/0\.1\.0/);
});

test('every option of the right kind is taken', async () => {
  const client = sandbox.client({
    timeout: 2500.5,
    connectTimeout: 1000,
    maxRetries: 0,
    maxConnections: 1,
    maxHold: 5000,
    keepAlive: false,
    http2: false,
    proxy: 'http://127.0.0.1:1',
    trustEnv: false,
    allowHttp: true,
    headers: { 'x-tag': 'a', 'x-none': undefined },
    userAgent: 'mine/1',
    maxResponseBytes: 4096,
  });
  await client.send(sms, { timeout: 2000, maxRetries: 1, headers: { 'x-tag': 'b' } });
  const headers = new Map(sandbox.requests.at(-1).headers);
  assert.deepEqual([headers.get('x-tag'), headers.get('user-agent'), headers.has('x-none')], ['b', 'mine/1', false]);
});

test('a call with an unusable option rejects and never throws', async () => {
  const client = sandbox.client();
  const before = sandbox.requests.length;
  for (const [field, value] of [
    ['timeout', '5'],
    ['timeout', 0],
    ['maxRetries', -1],
    ['headers', { x: 7 }],
    ['signal', {}],
    ['signal', null],
    ['retries', 1],
  ]) {
    const promise = client.send(sms, { [field]: value });
    const error = await failure(promise);
    assert.deepEqual([error.constructor, error.field, error.outcome], [ConfigError, field, 'not_sent']);
  }
  assert.equal((await failure(client.send(sms, null))).field, 'options');
  assert.equal(sandbox.requests.length, before);
});

test('an option has one name in a text, the one that it has here', async () => {
  const texts = [
    [{ baseUrl: 'http://example.com' }, /^baseUrl: .* the option allowHttp is set\./],
    [{ clientKeyFile: 'key.pem' }, /^clientCertFile: must be set, since clientKeyFile is\./],
    [{ maxCost: { SGD: '1' } }, /^maxCost: .* of the spendLimit\./],
  ];
  for (const [options, text] of texts) {
    assert.throws(() => sandbox.client(options), (error) => {
      assert.match(error.message, text);
      return true;
    });
  }
  // What the caller wrote is no other name of it, and an address of PostgreSQL has its own.
  assert.throws(() => sandbox.client({ ca_file: 'ca.pem' }), /^ConfigError: ca_file: is no option/);
  const journal = 'postgresql://u@127.0.0.1/db?journal=j&connect_timeout=never';
  assert.throws(() => sandbox.client({ journal }), /^ConfigError: journal: .*connect_timeout must be/);
  // The service's words stay.
  sandbox.pushFault({ kind: 'respond', status: 400, body: { success: false, error: 'max_retries is odd' } });
  assert.match((await failure(sandbox.client().send(sms))).message, /max_retries is odd/);
  sandbox.reset();
});

test('a message that is none rejects and never throws', async () => {
  const client = sandbox.client();
  const deep = JSON.parse('['.repeat(500) + ']'.repeat(500));
  const messages = [[], [sms], 'SMS', 7, null, undefined, true, Symbol('x'), () => sms, new Date(), { ...sms, deep }];
  for (const message of messages) {
    const error = await failure(client.send(message));
    assert.deepEqual([error.constructor, error.field, error.outcome], [InvalidMessageError, 'message', 'not_sent']);
  }
  const mine = new TypeError('mine');
  const failing = Object.defineProperty({ ...sms }, 'extra', { enumerable: true, get: () => { throw mine; } });
  const error = await failure(client.send(failing));
  assert.deepEqual([error.constructor, error.field, error.cause], [InvalidMessageError, 'message', mine]);
  assert.equal((await failure(client.send())).field, 'message');
  assert.equal((await failure(client.send({}))).field, 'channel');
});

test('what is wrong with the message comes before what is wrong with the call', async () => {
  const error = await failure(sandbox.client().send({}, { timeout: 0 }));
  assert.equal(error.field, 'channel');
});

test('new Client() goes by the environment', async () => {
  const program = `
    const { Client } = require('partner-messaging');
    try { new Client(); } catch (error) { console.log(error.name, error.field); }`;
  const { stdout } = await run(['-e', program], { env: { PARTNER_MESSAGING_API_KEY: '' } });
  assert.match(stdout, /^ConfigError (apiKey|PARTNER_MESSAGING_API_KEY)\n$/);
});

test('a closed client refuses calls, and closing ends those in flight', async () => {
  const client = sandbox.client();
  sandbox.reset();
  sandbox.pushFault({ kind: 'stall' });
  const pending = failure(client.send(sms));
  await until(() => sandbox.requests.length > 0);
  await client.close();
  await client.close();
  assert.deepEqual([(await pending).outcome, (await pending).kind], ['unknown', 'closed']);
  const error = await failure(client.send(sms));
  assert.deepEqual([error.name, error.kind, error.outcome], ['TransportError', 'closed', 'not_sent']);
  if (Symbol.asyncDispose) assert.equal(client[Symbol.asyncDispose], client.close);
});
