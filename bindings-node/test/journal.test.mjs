// Keys and journals, beyond what the vectors say of them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { Client, ConfigError, InvalidMessageError, Journal, JournalError, OutcomeUnknownError, TransportError } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { failure, folder, pointedAt, run, sms, until } = support;

let sandbox;
let scratch;
let path;
before(async () => {
  sandbox = await Sandbox.start({ state: { balance: '1000000' } });
});
beforeEach(() => {
  sandbox.reset();
  if (scratch) rmSync(scratch, { recursive: true });
  scratch = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
  path = join(scratch, 'journal.db');
});
after(async () => {
  rmSync(scratch, { recursive: true });
  await sandbox.stop();
});

const key = 'order-4711';
const all = async (iterable) => {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
};

test('clients share a journal, and one that opens it by its path closes it for itself', async () => {
  const journal = new Journal(path);
  const own = sandbox.client({ journal: path });
  const other = sandbox.client({ journal });
  const first = await own.send(sms, { key });
  assert.equal(first.replayed, false);
  await own.close();
  assert.equal((await failure(own.send(sms, { key }))).kind, 'closed');
  const again = await other.send(sms, { key });
  assert.deepEqual(
    [again.replayed, again.attempts, again.messageId, again.cost, again.recipient, again.outcome],
    [true, 0, first.messageId, first.cost, null, 'sent'],
  );
  assert.ok(Object.isFrozen(again));
  // Closed for all who share it.
  await journal.close();
  await journal.close();
  const refused = await failure(other.send(sms, { key }));
  assert.ok(refused instanceof JournalError && refused.outcome === 'not_sent', String(refused));
  const read = await failure(journal.get(key));
  assert.ok(read instanceof JournalError && read.outcome === null, String(read));
  assert.equal(sandbox.requests.length, 1);
});

test('records, summaries and resolutions are frozen, with what is absent as null', async () => {
  const journal = new Journal(path);
  const client = sandbox.client({ journal, maxRetries: 0 });
  sandbox.pushFault({ kind: 'close_after_read' });
  assert.ok((await failure(client.send(sms, { key }))) instanceof OutcomeUnknownError);
  const record = await journal.get(key);
  const { claimedAt, deadline, endedAt, claimId, ...rest } = record;
  for (const time of [claimedAt, deadline, endedAt]) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(claimId, /^[0-9a-f-]+$/);
  assert.deepEqual(rest, {
    key, outcome: 'unknown', resolved: false, channel: 'SMS', kind: 'closed', code: null, messageId: null, cost: null, currency: null, conflict: null,
  });
  assert.ok(Object.isFrozen(record));
  const resolved = await journal.resolve(key, 'sent', { messageId: 'msg_7' });
  assert.deepEqual([resolved.outcome, resolved.resolved, resolved.messageId], ['sent', true, 'msg_7']);
  const summary = await journal.summary();
  assert.ok(Object.isFrozen(summary) && Object.isFrozen(summary.totals) && Object.isFrozen(summary.totals[0]));
  assert.equal(await journal.purge(new Date('2020-01-01')), 0);
  assert.equal(await journal.purge(new Date(Date.now() + 60_000)), 1);
  assert.equal(await journal.get(key), null);
});

test('what can’t be asked is refused with the argument’s name, and has no outcome', async () => {
  const journal = new Journal(path);
  const client = sandbox.client({ journal });
  const refusals = {
    key: [
      () => journal.get(7),
      () => journal.get(),
      () => journal.resolve(key, 'not_sent'),
      () => client.send(sms, { key: 7 }),
      () => client.send(sms, { key: 'half \ud800' }),
    ],
    outcome: [() => journal.resolve(key, 'lost'), () => journal.resolve(key, 'unknown'), () => all(journal.records({ outcome: 'lost' }))],
    messageId: [
      () => journal.resolve(key, 'sent'),
      () => journal.resolve(key, 'sent', { messageId: 7 }),
      () => journal.resolve(key, 'not_sent', { messageId: 'm' }),
    ],
    before: [() => journal.purge('soon'), () => journal.purge(new Date(NaN)), () => journal.purge(7)],
    client: [() => journal.reconcile({}, [])],
    messages: [() => journal.reconcile(client, 7), () => journal.reconcile(client, ['ab'])],
    colour: [() => journal.resolve(key, 'sent', { colour: 'blue' }), () => journal.reconcile(client, [], { colour: 'blue' })],
    get: [() => (0, journal.get)(key), () => journal.get.call(new Proxy(journal, {}), key)],
  };
  for (const [field, calls] of Object.entries(refusals)) {
    for (const [i, call] of calls.entries()) {
      const error = await failure(call());
      assert.ok(error instanceof ConfigError, String(error));
      assert.equal(error.field, field, String(error));
      assert.equal(error.outcome, field === 'key' && i >= 3 ? 'not_sent' : null, String(error));
      assert.match(error.stack, /journal\.test\.mjs/);
    }
  }
  assert.throws(() => journal.records({ colour: 'blue' }), ConfigError);
  const bad = await failure(journal.get(''));
  assert.ok(bad instanceof InvalidMessageError && bad.outcome === null && bad.field === 'key');
  for (const journalOption of [7, {}, null, Journal]) {
    assert.throws(() => sandbox.client({ journal: journalOption }), (error) => error instanceof ConfigError && error.field === 'journal');
  }
  for (const place of ['', ':memory:', 'ftp://example.com/x', undefined, 7]) assert.throws(() => new Journal(place), ConfigError);
  assert.throws(() => new Journal('/dev/null/journal.db'), (error) => error instanceof JournalError && /dev.null/.test(error.message));
  assert.throws(() => sandbox.client({ journal: '/dev/null/journal.db' }), JournalError);
  assert.equal(sandbox.requests.length, 0);
});

test('records are read page by page', async () => {
  const journal = new Journal(path);
  const client = sandbox.client({ journal, timeout: 300_000 });
  const keys = Array.from({ length: 1203 }, (_, n) => `k${String(n).padStart(4, '0')}`);
  await Promise.all(keys.map((each) => client.send(sms, { key: each })));
  assert.deepEqual((await all(journal.records())).map((record) => record.key), keys);
  // Each iteration begins anew, and may be left.
  const records = journal.records({ outcome: 'sent' });
  for await (const record of records) {
    assert.equal(record.key, 'k0000');
    break;
  }
  assert.equal((await all(records)).length, 1203);
  assert.equal((await journal.summary()).sent, 1203);
});

test('events tell that a key is claimed, waited for and answered', async () => {
  const events = [];
  const client = sandbox.client({ journal: path, onEvent: (event) => events.push(event) });
  // Long enough for another call to meet the key's.
  sandbox.pushFault({ kind: 'stall', ms: 3000 });
  const first = client.send(sms, { key });
  await until(() => sandbox.requests.length > 0);
  const second = client.send(sms, { key });
  assert.deepEqual([(await first).replayed, (await second).replayed], [false, true]);
  const steps = events.map(({ step }) => step);
  assert.deepEqual(steps.slice(0, 3), ['claimed', 'attempt', 'waiting']);
  assert.deepEqual(steps.slice(3).sort(), ['ended', 'ended', 'replayed']);
  const [claimed] = events;
  assert.deepEqual(claimed, { call: 'send', channel: 'SMS', recipient: '*******4567', step: 'claimed', text: claimed.text });
  for (const { text } of events) assert.ok(!text.includes(key), text);
});

test('a call that waits for another one ends with its signal', async () => {
  const steps = [];
  const client = sandbox.client({ journal: path, onEvent: ({ step }) => steps.push(step) });
  sandbox.setFault({ kind: 'stall' });
  const first = client.send(sms, { key });
  await until(() => sandbox.requests.length > 0);
  const controller = new AbortController();
  const second = client.send(sms, { key, signal: controller.signal });
  await until(() => steps.includes('waiting'));
  controller.abort('enough');
  const error = await failure(second);
  assert.ok(error instanceof OutcomeUnknownError, String(error));
  assert.deepEqual([error.kind, error.cause, error.attempts], ['in_progress', 'enough', 0]);
  // Nothing was looked up: its key was not even read.
  const unread = await failure(client.send(sms, { key: 'other', signal: AbortSignal.abort() }));
  assert.ok(unread instanceof TransportError && unread.outcome === 'not_sent', String(unread));
  await client.close();
  assert.equal((await failure(first)).kind, 'closed');
  assert.equal(sandbox.requests.length, 1);
});

test('what a closed client had under way is recorded', async () => {
  const journal = new Journal(path);
  const client = sandbox.client({ journal: path });
  sandbox.setFault({ kind: 'stall' });
  const call = failure(client.send(sms, { key }));
  await until(() => sandbox.requests.length > 0);
  await client.close();
  assert.equal((await call).outcome, 'unknown');
  const { outcome, kind } = await journal.get(key);
  assert.deepEqual([outcome, kind], ['unknown', 'closed']);
});

test('await using closes it', async () => {
  const journal = new Journal(path);
  await journal[Symbol.asyncDispose]();
  assert.ok((await failure(journal.summary())) instanceof JournalError);
});

const program = (code, env = {}) =>
  run(['--input-type=module', '-e', `import { Client, Journal } from 'partner-messaging';\nconst sms = ${JSON.stringify(sms)};\n${code}`], {
    env: { ...pointedAt(sandbox), JOURNAL: path, ...env },
  });

test('an open journal keeps no process alive; one that is asked does', async () => {
  const { code, stderr, stdout } = await program(`
    globalThis.journal = new Journal(process.env.JOURNAL);
    globalThis.client = new Client({ journal });
    journal.summary().then(({ sent }) => console.log(sent));`);
  assert.deepEqual([code, stderr, stdout], [0, '', '0\n']);
});

test('the workers of a cluster share a file, and each message goes out once', async () => {
  const file = join(folder, 'test', 'support', 'cluster.mjs');
  const { code, stderr, stdout } = await run([file], { env: { ...pointedAt(sandbox), JOURNAL: path } });
  assert.deepEqual([code, stderr], [0, '']);
  const [sent, summary] = stdout.trim().split('\n');
  assert.equal(sent, '100');
  const { totals, ...counts } = JSON.parse(summary);
  assert.deepEqual(counts, { sent: 100, rejected: 0, notSent: 0, unknown: 0, inProgress: 0, conflicts: 0 });
  assert.equal(totals[0].cost, '5.00');
  assert.equal(sandbox.requests.length, 100);
});

test('worker threads share a file with the main one', async () => {
  const journal = new Journal(path);
  const client = sandbox.client({ journal });
  const options = { apiKey: sandbox.apiKey, baseUrl: sandbox.url, journal: path };
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { Client } = require(workerData.package);
    new Client(workerData.options).send(workerData.sms, { key: 'order-4711' }).then(({ replayed }) => parentPort.postMessage(replayed));`;
  const workers = Array.from({ length: 3 }, () => new Worker(code, { eval: true, workerData: { package: join(folder, 'index.cjs'), options, sms } }));
  const ended = workers.map((worker) => once(worker, 'exit'));
  const replayed = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  await Promise.all(ended);
  replayed.push((await client.send(sms, { key })).replayed);
  assert.deepEqual(replayed.sort(), [false, true, true, true]);
  assert.equal(sandbox.requests.length, 1);
});

test('the addon exports nothing of SQLite', () => {
  const [addon] = readdirSync(folder).filter((name) => name.endsWith('.node'));
  assert.ok(existsSync(join(folder, addon)));
  const symbols = execFileSync('nm', ['-D', '--defined-only', join(folder, addon)], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.match(symbols, /napi_register_module_v1/);
  assert.doesNotMatch(symbols, /sqlite3/);
});
