// Reads, lists and fallback against the sandbox's state, where the shared cases don't reach.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { ConfigError, InvalidMessageError, MessageRecord, OutcomeUnknownError, TransportError } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { until } = support;

const sms = (n = 0) => ({ channel: 'SMS', to: `+6591234${100 + n}`, content: 'Hello' });
const whatsapp = { channel: 'WHATSAPP', to: '+6591234567', from: '+6581234567', templateId: 'HX1' };

let sandbox;
let client;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => {
  sandbox.reset();
  client = sandbox.client();
});
after(() => sandbox.stop());

async function sendMany(count) {
  for (let n = 0; n < count; n += 1) await client.send(sms(n));
  sandbox.clearRequests();
}

test('a message is followed until its status is final', async () => {
  sandbox.setState({ delivery: { after_ms: null } });
  const { messageId } = await client.send(sms());
  assert.equal((await client.getMessage(messageId)).status, 'SENT');
  const waiting = client.waitForStatus(messageId, { timeout: 300_000 });
  await until(() => sandbox.requests.length > 2);
  const body = JSON.stringify({ op: 'advance', message_id: messageId, status: 'FAILED' });
  const headers = { 'content-type': 'application/json', connection: 'close' };
  assert.equal((await fetch(`${sandbox.url}/sandbox/control`, { method: 'POST', headers, body })).status, 200);
  const record = await waiting;
  assert.ok(record instanceof MessageRecord && Object.isFrozen(record));
  assert.equal(record.status, 'FAILED');
  assert.ok(record.updatedAt > record.createdAt);
});

test('waiting is given up at once when its signal is aborted', async () => {
  sandbox.setState({ delivery: { after_ms: null } });
  const { messageId } = await client.send(sms());
  const controller = new AbortController();
  const waiting = client.waitForStatus(messageId, { signal: controller.signal });
  await sleep(150);
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(waiting, (error) => {
    assert.ok(error instanceof TransportError);
    assert.deepEqual([error.kind, error.outcome, error.cause], ['cancelled', null, reason]);
    return true;
  });
});

test('nothing is asked for before a list is iterated, and a page only when it is needed', async () => {
  await sendMany(5);
  const list = client.listMessages({ limit: 2 });
  await sleep(20);
  assert.equal(sandbox.requests.length, 0);
  const ids = [];
  for await (const { messageId } of list) {
    ids.push(messageId);
    assert.equal(sandbox.requests.length, Math.ceil(ids.length / 2));
  }
  assert.equal(new Set(ids).size, 5);
  // A list can be gone through again, from its beginning.
  const again = [];
  for await (const { messageId } of list) again.push(messageId);
  assert.deepEqual(again, ids);
});

test('a list that is left asks for no further page', async () => {
  await sendMany(5);
  for await (const message of client.listMessages({ limit: 2 })) {
    if (message) break;
  }
  await sleep(20);
  assert.equal(sandbox.requests.length, 1);
});

test('two who go through one list do not disturb each other', async () => {
  await sendMany(4);
  const list = client.listMessages({ limit: 1 });
  const all = async () => {
    const ids = [];
    for await (const { messageId } of list) ids.push(messageId);
    return ids;
  };
  const [one, other] = await Promise.all([all(), all()]);
  assert.deepEqual(one, other);
  assert.equal(new Set(one).size, 4);
});

test('pages requested at once come one after another', async () => {
  await sendMany(3);
  const pages = client.listMessages({ limit: 1 }).pages();
  const got = await Promise.all([pages.next(), pages.next(), pages.next(), pages.next()]);
  assert.deepEqual(got.map(({ value }) => value?.page), [1, 2, 3, undefined]);
});

test('an abort ends a list in the midst of a page', async () => {
  await sendMany(3);
  const controller = new AbortController();
  const pages = client.listMessages({ limit: 1 }, { signal: controller.signal }).pages();
  assert.equal((await pages.next()).value.total, 3);
  sandbox.pushFault({ kind: 'stall' });
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(pages.next(), { name: 'TransportError', kind: 'cancelled', outcome: null });
  assert.deepEqual(await pages.next(), { value: undefined, done: true });
});

test('a filter takes dates, and an unusable one is refused at once', async () => {
  await sendMany(1);
  const count = async (filter) => (await collect(client.listMessages(filter))).length;
  assert.equal(await count({ since: new Date(Date.now() - 60_000) }), 1);
  assert.equal(await count({ since: new Date(Date.now() + 60_000) }), 0);
  assert.equal(await count({ query: { flag: true, number: 7, absent: undefined } }), 1);
  assert.ok(sandbox.requests.at(-1).path.endsWith('&flag=true&number=7'));
  for (const [filter, field] of [
    [{ since: new Date('never') }, 'since'],
    [{ limit: '10' }, 'limit'],
    [{ limit: -1 }, 'limit'],
    [{ query: { x: {} } }, 'query'],
    [{ colour: 'blue' }, 'colour'],
  ]) {
    assert.throws(() => client.listMessages(filter), (error) => error instanceof ConfigError && error.field === field);
  }
  assert.throws(() => client.listMessages({}, { timeout: 'long' }), ConfigError);
});

async function collect(list) {
  const all = [];
  for await (const item of list) all.push(item);
  return all;
}

test('the balance sinks by what the ledger says', async () => {
  const before = await client.getBalance();
  await Promise.all([client.send(sms(1)), client.send(sms(2)), client.send(whatsapp)]);
  const spent = client.spending();
  assert.deepEqual(spent.map(({ channel, cost }) => [channel, cost]), [['SMS', '0.10'], ['WHATSAPP', '0.12']]);
  const after = await client.getBalance();
  assert.deepEqual([before.amount, after.amount, after.currency], ['100.00', '99.78', 'SGD']);
  assert.deepEqual(client.resetSpending(), spent);
  assert.deepEqual(client.spending(), []);
});

test('a message takes the next channel', async () => {
  sandbox.setState({ channels: { WHATSAPP: 'no_credentials' } });
  const { receipt, trail } = await client.sendWithFallback([whatsapp, sms()]);
  assert.equal(receipt.channel, 'SMS');
  assert.deepEqual(trail.map(({ outcome }) => outcome), ['rejected', 'sent']);
  assert.equal(trail[0].code, 'CHANNEL_CREDENTIALS_NOT_FOUND');
  assert.equal(sandbox.messages.length, 1);
});

test('a fallback that is aborted has its trail', async () => {
  sandbox.setState({ channels: { WHATSAPP: 'not_configured' } });
  sandbox.pushFault({ kind: 'code', code: 'CHANNEL_CONFIG_NOT_FOUND' });
  sandbox.pushFault({ kind: 'stall' });
  const controller = new AbortController();
  const sending = client.sendWithFallback([whatsapp, sms(), sms(1)], { signal: controller.signal });
  await until(() => sandbox.requests.length === 2);
  controller.abort();
  await assert.rejects(sending, (error) => {
    assert.ok(error instanceof OutcomeUnknownError);
    assert.deepEqual(error.trail.map(({ channel, outcome }) => [channel, outcome]), [['WHATSAPP', 'rejected'], ['SMS', 'unknown']]);
    assert.equal(JSON.parse(JSON.stringify(error)).trail.length, 2);
    return true;
  });
});

test('a message of a fallback that can’t be written is named', async () => {
  const circular = { ...sms() };
  circular.self = circular;
  await assert.rejects(client.sendWithFallback([sms(), circular]), (error) => {
    assert.ok(error instanceof InvalidMessageError);
    assert.equal(error.field, 'messages[1].self');
    return true;
  });
  await assert.rejects(client.sendWithFallback(sms()), { name: 'ConfigError', field: 'messages' });
  assert.equal(sandbox.requests.length, 0);
});

test('what is shown of records and pages is masked', async () => {
  await sendMany(2);
  const { value: page } = await client.listMessages().pages().next();
  for (const shown of [inspect(page, { depth: 9 }), JSON.stringify(page), inspect(page.messages), inspect({ a: page.messages[0] })]) {
    assert.ok(shown.includes('*******') && !shown.includes('+659'), shown);
  }
  assert.equal(page.messages[0].recipient, '+6591234101');
});

test('a read’s error has the stack of its caller', async () => {
  async function whoAsksForTheBalance() {
    sandbox.pushFault({ kind: 'respond', status: 400, body: '' });
    await client.getBalance();
  }
  await assert.rejects(whoAsksForTheBalance(), (error) => /whoAsksForTheBalance/.test(error.stack));
});

test('a closed client reads nothing', async () => {
  await client.close();
  await assert.rejects(client.getBalance(), { name: 'TransportError', kind: 'closed', outcome: null });
  await assert.rejects(collect(client.listMessages()), { kind: 'closed' });
});

test('any endpoint can be reached', async () => {
  sandbox.pushFault({ kind: 'respond', status: 200, headers: { 'x-page': '7' }, body: { success: true, data: [1.5] } });
  const reply = await client.request('GET', '/partner/template', { query: { limit: 10 }, headers: { 'x-tag': 'a' } });
  assert.deepEqual([reply.status, reply.data, reply.headers['x-page']], [200, [1.5], '7']);
  assert.equal(sandbox.requests[0].path, '/partner/template?limit=10');
  await assert.rejects(client.request('POST', '/x', { json: 1n }), { name: 'ConfigError', field: 'json' });
  await assert.rejects(client.request('GET', '/x', { body: '' }), { name: 'ConfigError', field: 'body' });
});
