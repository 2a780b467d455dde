'use strict';
// What JSON would leave out or alter without a word is refused, with the path to it.

const assert = require('node:assert/strict');
const { after, before, test } = require('node:test');
const vm = require('node:vm');
const { ConfigError, InvalidMessageError } = require('partner-messaging');
const { Sandbox } = require('partner-messaging/testing');
const { failure, sms } = require('./support/support.cjs');

let sandbox;
before(async () => {
  sandbox = await Sandbox.start({ state: { channels: { PIGEON: 'configured' } } });
});
after(() => sandbox.stop());

class Code {
  #code = '123456';
  get code() {
    return this.#code;
  }
}

const template = (templateVariables) => ({ channel: 'SMS', to: sms.to, senderId: 'Pathomics', templateId: 'HX1', templateVariables });

const refused = {
  'an undefined variable': [template({ 1: undefined }), 'templateVariables.1'],
  'an undefined field': [{ ...sms, senderId: undefined }, 'senderId'],
  'a Map': [template(new Map([['1', '123456']])), 'templateVariables'],
  'a Set': [template(new Set(['123456'])), 'templateVariables'],
  Headers: [template(new Headers({ 1: '123456' })), 'templateVariables'],
  'a function': [template(() => '123456'), 'templateVariables'],
  'a symbol': [template({ 1: Symbol('123456') }), 'templateVariables.1'],
  'a class instance': [template(new Code()), 'templateVariables'],
  'a typed array': [{ ...sms, bytes: new Uint8Array(4) }, 'bytes'],
  'an error': [{ ...sms, cause: new Error('123456') }, 'cause'],
  'a promise': [{ ...sms, content: Promise.resolve('123456') }, 'content'],
  'a bigint': [{ ...sms, extra: [123456n] }, 'extra[0]'],
  'an object within itself': [{ ...sms, extra: ((list) => (list.push({ list }), { list }))([]) }, 'extra.list[0].list'],
  'no number': [{ ...sms, ttl: NaN }, 'ttl'],
  'no finite number': [{ ...sms, ttl: -Infinity }, 'ttl'],
  'deep inside': [{ ...sms, extra: { list: [{ ok: 1 }, { codes: ['1', undefined] }] } }, 'extra.list[1].codes[1]'],
  'a hole in an array': [{ ...sms, list: [1, , 3] }, 'list[1]'], // eslint-disable-line no-sparse-arrays
  'an array with more than items': [{ ...sms, list: Object.assign([1], { code: '123456' }) }, 'list'],
  'a member named by a symbol': [{ ...sms, extra: { [Symbol('code')]: '123456' } }, 'extra'],
  'an invalid Date': [template({ 1: new Date(NaN) }), 'templateVariables.1'],
  'an invalid date of a library’s': [{ ...sms, when: new (class DateTime { toJSON() { return null; } })() }, 'when'],
  'an array with a member named by a symbol': [{ ...sms, list: Object.assign([1], { [Symbol('code')]: '123456' }) }, 'list'],
  'an object that inherits': [{ ...sms, extra: Object.create({ code: '123456' }) }, 'extra'],
  'a proxy that was revoked': [(({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {})), 'message'],
  'a toJSON that gives nothing': [{ ...sms, when: { toJSON: () => undefined } }, 'when'],
  'a toJSON that gives such a thing': [{ ...sms, when: { toJSON: () => ({ at: [Infinity] }) } }, 'when.at[0]'],
  'another realm’s Map': [template(vm.runInNewContext('new Map([["1", "123456"]])')), 'templateVariables'],
  'the message itself': [new (class Message { channel = 'SMS'; to = sms.to; content = '123456'; })(), 'message'],
  'a Map as the message': [new Map(Object.entries(sms)), 'message'],
};

for (const [what, [message, field]] of Object.entries(refused)) {
  test(`refused: ${what}`, async () => {
    const client = sandbox.client();
    const before = sandbox.requests.length;
    const error = await failure(client.send(message));
    assert.deepEqual([error.constructor, error.field, error.outcome, error.attempts], [InvalidMessageError, field, 'not_sent', 0]);
    assert.ok(error.message.startsWith(`${field}: must `) && !error.message.includes('123456'), error.message);
    const second = await failure(client.sendWithFallback([sms, message]));
    assert.deepEqual([second.constructor, second.field], [InvalidMessageError, `messages[1].${field}`]);
    if (field !== 'message') {
      const third = await failure(client.request('POST', '/partner/message/send', { json: { request: message } }));
      assert.deepEqual([third.constructor, third.field], [ConfigError, `json.request.${field}`]);
    }
    assert.equal(sandbox.requests.length, before);
  });
}

const taken = {
  'a Date, which says itself what it is': [{ at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
  'what toJSON gives': [{ at: { toJSON: (name) => ({ name }) } }, { at: { name: 'at' } }],
  'an object without a prototype': [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  'another realm’s objects and arrays': [vm.runInNewContext('({ a: [1, { b: null }] })'), { a: [1, { b: null }] }],
  'the same object twice': [((shared) => ({ a: shared, b: [shared, shared] }))({ c: 1 }), { a: { c: 1 }, b: [{ c: 1 }, { c: 1 }] }],
  'what is not enumerable': [Object.defineProperty({ a: 1 }, 'hidden', { value: () => {} }), { a: 1 }],
  'a subclass of Array': [new (class List extends Array {})('x', 'y'), ['x', 'y']],
  'a proxy': [new Proxy({ a: 1 }, {}), { a: 1 }],
  'what is frozen': [Object.freeze({ a: Object.freeze([1]) }), { a: [1] }],
  'numbers': [[0, -1.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER], [0, -1.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER]],
  'texts': [{ 'a "name"\n': 'é \u2028 "quoted" \\ \u0001' }, { 'a "name"\n': 'é \u2028 "quoted" \\ \u0001' }],
  'empty ones': [{ a: {}, b: [], '': '' }, { a: {}, b: [], '': '' }],
};

for (const [what, [extra, wire]] of Object.entries(taken)) {
  test(`taken: ${what}`, async () => {
    await sandbox.client().send({ channel: 'PIGEON', to: sms.to, extra });
    assert.deepEqual(sandbox.requests.at(-1).json.request.extra, wire);
  });
}

test('what can’t be read is refused', async () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const extra of [revoked.proxy, { get code() { throw new Error('123456'); } }]) {
    const error = await failure(sandbox.client().send({ ...sms, extra }));
    assert.deepEqual([error.constructor, error.field, error.outcome], [InvalidMessageError, 'message', 'not_sent']);
    assert.ok(error.cause instanceof Error && !error.message.includes('123456'));
  }
});

test('a negative zero stays one', async () => {
  await sandbox.client().send({ channel: 'PIGEON', to: sms.to, extra: [-0, 0] });
  assert.match(sandbox.requests.at(-1).body, /"extra":\[-0,0\]/);
});

test('what was checked is what is sent, whatever is there when it is read again', async () => {
  let reads = 0;
  const once = () => (reads++ === 0 ? '123456' : undefined);
  for (const extra of [
    { get code() { return once(); } },
    { code: { toJSON: once } },
    new Proxy({ code: '' }, { get: (target, name) => (name === 'code' ? once() : target[name]) }),
  ]) {
    reads = 0;
    await sandbox.client().send({ channel: 'PIGEON', to: sms.to, extra });
    assert.deepEqual([sandbox.requests.at(-1).json.request.extra, reads], [{ code: '123456' }, 1]);
  }
});

test('what is not an object is refused with its own type, and an example', async () => {
  for (const [message, what] of [
    ['SMS', 'a string'],
    [7, 'a number'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[sms], 'an array'],
    [() => sms, 'a function'],
    [Symbol('x'), 'a symbol'],
    [1n, 'a bigint'],
  ]) {
    const error = await failure(sandbox.client().send(message));
    assert.deepEqual([error.constructor, error.field], [InvalidMessageError, 'message']);
    assert.match(error.message, new RegExp(`^message: must be an object such as .*, not ${what}\\. Nothing was sent`));
  }
});
