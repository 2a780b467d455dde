// Many messages: the same rules as in the core's own tests, as programs in JavaScript meet them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthenticationError, Client, ConfigError, InsufficientCreditError, InvalidMessageError, Journal, SpendLimitError } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { pointedAt, run, until } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start({ state: { balance: '1000000' } });
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

const sms = (n) => ({ channel: 'SMS', to: `+65912${String(n).padStart(5, '0')}`, content: 'Hello' });
const messages = (count) => Array.from({ length: count }, (_, n) => sms(n));
const client = (options) => sandbox.client(options);

function assertAddsUp(summary) {
  const { sent, replayed, rejected, notSent, unknown, inFlight } = summary;
  assert.equal(summary.taken, sent + replayed + rejected + notSent + unknown + inFlight);
}

/** The results, and what the iteration threw. */
async function all(results) {
  const ended = [];
  try {
    for await (const result of results) ended.push(result);
  } catch (error) {
    return { ended, error };
  }
  return { ended };
}

async function* each(items) {
  for (const item of items) {
    await undefined;
    yield item;
  }
}

test('arrays, iterables, async iterables and streams are taken', async () => {
  const sources = [messages(40), new Set(messages(40)), each(messages(40)), Readable.from(messages(40))];
  await using_(client(), async (it) => {
    for (const source of sources) {
      const results = it.sendMany(source);
      const { ended, error } = await all(results);
      assert.equal(error, undefined);
      assert.deepEqual(ended.map(({ index }) => index).sort((a, b) => a - b), [...Array(40).keys()]);
      assert.ok(ended.every(({ outcome, receipt, error }) => outcome === 'sent' && receipt.messageId && error === null));
      const { summary } = results;
      assertAddsUp(summary);
      assert.deepEqual([summary.sent, summary.inFlight, summary.cost], [40, 0, { SGD: '2.00' }]);
    }
    for (const odd of [7, null, { a: 1 }, 'text']) {
      assert.throws(() => it.sendMany(odd), { name: 'ConfigError', field: 'messages' });
    }
  });
  assert.equal(sandbox.requests.length, 160);
});

test('random faults add up to the book of the server', async () => {
  const faults = [
    { kind: 'code', code: 'VALIDATION_ERROR' },
    { kind: 'reset' },
    { kind: 'truncate' },
    { kind: 'html502' },
    { kind: 'rate_limit', retry_after: '0', envelope: true },
  ];
  for (let n = 0; n < 60; n += 1) sandbox.pushFault(faults[Math.floor(Math.random() * faults.length)]);
  await using_(client(), async (it) => {
    const results = it.sendMany(messages(200), { maxUnknown: 1000 });
    const { ended } = await all(results);
    const { summary } = results;
    assertAddsUp(summary);
    const ids = new Set(ended.filter(({ receipt }) => receipt).map(({ receipt }) => receipt.messageId));
    const book = new Set(sandbox.messages.map(({ messageId }) => messageId));
    assert.equal(ended.length, 200);
    assert.equal(ids.size, summary.sent);
    assert.ok([...ids].every((id) => book.has(id)) && book.size <= summary.sent + summary.unknown);
  });
});

test('a message that cannot be sent is a result', async () => {
  const given = [sms(0), { channel: 'SMS' }, 7, ['a', 7], [7, sms(1)], ['b', { channel: 'SMS', to: 1n }]];
  await using_(client(), async (it) => {
    const { ended } = await all(it.sendMany(given));
    const by = new Map(ended.map((result) => [result.index, result]));
    assert.equal(by.get(0).outcome, 'sent');
    for (let n = 1; n < 6; n += 1) {
      assert.equal(by.get(n).outcome, 'not_sent');
      assert.ok(by.get(n).error instanceof InvalidMessageError);
    }
    assert.deepEqual([by.get(3).key, by.get(4).error.field, by.get(5).key], ['a', 'key', 'b']);
  });
});

test('what would meet every further message stops', async () => {
  sandbox.setState({ balance: '0.20' });
  let taken = 0;
  function* source() {
    for (;;) yield sms(taken++);
  }
  await using_(client(), async (it) => {
    const { ended, error } = await all(it.sendMany(source(), { maxInFlight: 1 }));
    assert.ok(error instanceof InsufficientCreditError && error.message.includes('untouched'));
    assert.deepEqual(ended.map(({ outcome }) => outcome), ['sent', 'sent', 'sent', 'sent', 'rejected']);
    assert.deepEqual([taken, sandbox.requests.length], [5, 5]);
    const others = await all(it.sendMany(messages(5), { stopOn: [AuthenticationError, 'ORG_INACTIVE'] }));
    assert.equal(others.ended.length, 5);
  });
});

test('a key is sent once over runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
  const journal = new Journal(join(folder, 'journal.db'));
  const pairs = messages(50).map((message, n) => [`key-${n}`, message]);
  await using_(client({ journal }), async (it) => {
    await all(it.sendMany(pairs.slice(0, 20)));
    const again = it.sendMany(new Map(pairs));
    const { ended } = await all(again);
    assert.ok(ended.every(({ key, outcome }) => key.startsWith('key-') && outcome === 'sent'));
    assert.deepEqual([again.summary.sent, again.summary.replayed], [30, 20]);
  });
  await journal.close();
  rmSync(folder, { recursive: true });
  assert.equal(sandbox.requests.length, 50);
  await using_(client(), async (it) => {
    const { error } = await all(it.sendMany(pairs));
    assert.ok(error instanceof ConfigError && error.field === 'key');
  });
});

test('leaving the loop waits for what is in flight', async () => {
  sandbox.setFault({ kind: 'stall', ms: 150 });
  await using_(client(), async (it) => {
    const results = it.sendMany(messages(1000), { maxInFlight: 8 });
    for await (const _ of results) break;
    assertAddsUp(results.summary);
    assert.equal(results.summary.inFlight, 0);
    assert.equal(results.summary.sent, sandbox.requests.length);
    assert.ok(results.summary.sent < 40);
  });
});

test('an error of the source comes after what is in flight', async () => {
  async function* source() {
    yield* messages(10);
    throw new RangeError('no more');
  }
  await using_(client(), async (it) => {
    const { ended, error } = await all(it.sendMany(source()));
    assert.ok(error instanceof RangeError);
    assert.equal(ended.length, 10);
  });
});

test('an asynchronous source may wait for results', async () => {
  let seen;
  async function* source() {
    for (let n = 0; n < 5; n += 1) {
      const next = new Promise((resolve) => (seen = resolve));
      yield sms(n);
      assert.equal(await next, n);
    }
  }
  await using_(client(), async (it) => {
    for await (const { index } of it.sendMany(source())) seen(index);
  });
  assert.equal(sandbox.requests.length, 5);
});

test('a slow consumer holds the source back', async () => {
  let taken = 0;
  function* source() {
    for (;;) yield sms(taken++ % 10_000);
  }
  await using_(client(), async (it) => {
    const results = it.sendMany(source(), { maxInFlight: 4 });
    for (let n = 0; n < 10; n += 1) {
      await results.next();
      await sleep(20);
    }
    // Besides those under way and waiting, the addon hands over some at a time.
    assert.ok(taken <= 10 + 12, String(taken));
    await results.close();
  });
});

test('a signal begins nothing more and is thrown at the end', async () => {
  sandbox.setFault({ kind: 'stall', ms: 3000 });
  const controller = new AbortController();
  await using_(client(), async (it) => {
    const results = it.sendMany(messages(1000), { maxInFlight: 4, signal: controller.signal });
    until(() => sandbox.requests.length === 4).then(() => controller.abort());
    const { ended, error } = await all(results);
    assert.deepEqual([ended.length, error], [4, controller.signal.reason]);
    assert.ok(ended.every(({ outcome }) => outcome === 'sent'));
    const late = await all(it.sendMany(messages(5), { signal: controller.signal }));
    assert.deepEqual([late.ended.length, late.error], [0, controller.signal.reason]);
  });
});

test('progress is told at the end', async () => {
  const told = [];
  await using_(client(), async (it) => {
    const results = it.sendMany(messages(50), { onProgress: (summary) => told.push(summary) });
    await all(results);
    assert.deepEqual(told.at(-1), results.summary);
    told.forEach(assertAddsUp);
  });
});

test('the limits of a client', async () => {
  await using_(client({ spendLimit: { SGD: '1.00' }, maxCost: { SGD: '0.05' } }), async (it) => {
    const results = it.sendMany(messages(100));
    const { error } = await all(results);
    assert.ok(error instanceof SpendLimitError && error.kind === 'spend_limit');
    assert.deepEqual(results.summary.cost, { SGD: '1.00' });
  });
  await using_(client({ maxRate: 20 }), async (it) => {
    const begun = performance.now();
    assert.equal((await all(it.sendMany(messages(40)))).ended.length, 40);
    assert.ok(performance.now() - begun >= 1000);
  });
  for (const [name, value] of [['maxRate', 0], ['maxRate', 'fast'], ['spendLimit', { SGD: 'lots' }], ['maxCost', { SGD: '1' }]]) {
    assert.throws(() => client({ [name]: value }), { name: 'ConfigError', field: name });
  }
  await using_(client(), async (it) => {
    for (const [name, value] of [['maxInFlight', 0], ['stopOn', 'X'], ['stopOn', [7]], ['timeout', 0], ['onProgress', 7], ['maxUnknown', -1]]) {
      assert.throws(() => it.sendMany([], { [name]: value }), { name: 'ConfigError', field: name });
    }
  });
});

async function using_(it, use) {
  assert.ok(it instanceof Client);
  try {
    await use(it);
  } finally {
    await it.close();
  }
}

test('a run that nobody reads any more keeps no process alive', async () => {
  const program = `
    const { Client } = require('partner-messaging');
    const results = new Client().sendMany(Array(1000).fill(${JSON.stringify(sms(1))}));
    results.next().then(({ value }) => console.log(value.outcome));`;
  const { code, stdout, stderr } = await run(['-e', program], { env: pointedAt(sandbox) });
  assert.deepEqual([code, stdout, stderr], [0, 'sent\n', '']);
  assert.ok(sandbox.requests.length < 1000);
});
