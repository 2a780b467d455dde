// Every case of the vectors that all languages share.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as api from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';

const folder = new URL('../../tests/vectors/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const channels = { whatsapp: 'WHATSAPP', sms: 'SMS', email: 'EMAIL' };

const camelCased = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const members = (object, convert) => Object.fromEntries(Object.entries(object).map(convert));
const optionsOf = (given = {}) => members(given, ([name, value]) => [camelCased(name.replace(/_ms$/, '')), value]);

function messageOf({ type, ...fields }) {
  if (type === 'wire') return fields.json;
  assert.ok(channels[type], `a type of messages that these tests don't know: ${type}`);
  return { channel: channels[type], ...members(fields, ([name, value]) => [camelCased(name), value]) };
}

const endpointsOf = ({ endpoints, ...options } = {}) =>
  (endpoints ? { ...options, endpoints: members(endpoints, ([name, path]) => [camelCased(name), path]) } : options);

const pageFields = ({ messages, page, limit, total, totalPages, hasMore }) =>
  ({ page, limit, total, total_pages: totalPages, has_more: hasMore, ids: messages.map((message) => message.messageId) });

const all = async (iterable) => {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
};

/** What a case asks of a journal. */
async function asked(journal, client, { op, key, outcome, message_id: messageId, before, messages }) {
  switch (op) {
    case 'journal_get':
      return { record: await journal.get(key) };
    case 'journal_records':
      return { records: await all(journal.records({ outcome })) };
    case 'journal_summary':
      return { summary: await journal.summary() };
    case 'journal_resolve':
      return { record: await journal.resolve(key, outcome, messageId === undefined ? undefined : { messageId }) };
    case 'journal_reconcile':
      return { records: await journal.reconcile(client, Object.entries(messages).map(([name, message]) => [name, messageOf(message)])) };
    case 'journal_purge':
      return { purged: await journal.purge(before) };
    default:
      throw new assert.AssertionError({ message: `nothing that a journal is asked: ${op}` });
  }
}

/** The call that a case asks for; the ids that a list gives go to `got`. */
async function called(client, journal, { op, ...given }, options, got) {
  if (op.startsWith('journal_')) return asked(journal, client, { op, ...given });
  const { query, json, endpoints, ...plain } = given;
  const args = { ...optionsOf(plain), ...(query && { query }), ...(json !== undefined && { json }) };
  switch (op) {
    case 'get_message':
      return client.getMessage(args.messageId, options);
    case 'wait_for_status':
      return client.waitForStatus(args.messageId, { ...options, finalStatuses: args.finalStatuses });
    case 'list_messages':
      for await (const message of client.listMessages(args, options)) got.push(message.messageId);
      return { ids: got };
    case 'list_pages': {
      const pages = [];
      for await (const page of client.listMessages(args, options).pages()) pages.push(pageFields(page));
      return { pages };
    }
    case 'get_balance':
      return client.getBalance(options);
    case 'request': {
      const { method, path, ...rest } = args;
      return client.request(method, path, { ...options, ...rest });
    }
    case 'send_with_fallback': {
      const { receipt, trail } = await client.sendWithFallback(given.messages.map(messageOf), options);
      return { ...receipt, trail };
    }
    default:
      throw new assert.AssertionError({ message: `a call that these tests don't know: ${op}` });
  }
}

/** A journal in a folder of its own, after another client of it if the case has one. */
function openJournal({ origin }, folder) {
  const journal = new api.Journal(join(folder, 'journal.db'));
  if (origin !== undefined) new api.Client({ apiKey: 'key', baseUrl: origin, journal });
  return journal;
}

/** Makes the calls that come before the case's own; gives those that go on. */
async function begun(sandbox, made, journal, steps) {
  const pending = [];
  for (const { call, message, do: other, faults = [], outcome, pending: goesOn } of steps) {
    for (const fault of faults) sandbox.pushFault(fault);
    const { length } = sandbox.requests;
    const done = (message === undefined ? called(made, journal, other, optionsOf(call), []) : made.send(messageOf(message), optionsOf(call)))
      .then(() => 'sent', (error) => error.outcome);
    if (goesOn) {
      pending.push(done);
      while (sandbox.requests.length === length) await sleep(1);
    } else {
      const ended = await done;
      sandbox.setFault(null);
      if (outcome !== undefined) assert.equal(ended, outcome);
    }
  }
  return pending;
}

async function outcomeOf(sandbox, { client, call, message, do: other, journal: steps, faults = [] }, journal) {
  const got = [];
  let made;
  let pending = [];
  try {
    made = sandbox.client({ ...optionsOf(endpointsOf(client)), ...(journal && { journal }) });
    pending = await begun(sandbox, made, journal, steps?.before ?? []);
    for (const fault of faults) sandbox.pushFault(fault);
    if (message !== undefined) return { made, got, receipt: await made.send(messageOf(message), optionsOf(call)) };
    if (other !== undefined) return { made, got, result: await called(made, journal, other, optionsOf(call), got) };
    return { made, got };
  } catch (error) {
    return { made, got, error };
  } finally {
    if (pending.length > 0) await made.close();
    await Promise.all(pending);
  }
}

/** Of an object what is wanted is there; a list has its items. */
function checkPart(there, wanted) {
  if (Array.isArray(wanted)) {
    assert.equal(there.length, wanted.length);
    wanted.forEach((item, i) => checkPart(there[i], item));
  } else if (typeof wanted === 'object' && wanted !== null) {
    for (const [name, value] of Object.entries(wanted)) checkPart(there[camelCased(name)], value);
  } else {
    assert.equal(there, wanted);
  }
}

function checkReceipt(receipt, expected) {
  assert.ok(receipt instanceof api.Receipt);
  checkResult(receipt, expected);
}

function checkResult(result, { headers = {}, trail, pages, record, records, summary, ...expected }) {
  for (const [name, part] of Object.entries({ record, records, summary })) {
    if (part !== undefined) checkPart(result[name], part);
  }
  for (const [name, value] of Object.entries(headers)) assert.equal(result.headers[name], value, name);
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(result[camelCased(name)], value, name);
  if (pages !== undefined) assert.deepEqual(result.pages, pages);
  if (trail !== undefined) checkTrail(result.trail, trail);
}

function checkTrail(trail, expected) {
  const steps = expected.map((step) => members(step, ([name, value]) => [camelCased(name), value]));
  assert.deepEqual(trail, steps);
}

function checkError(error, { class: className, text_has = [], text_lacks = [], trail, got: _, ...expected }) {
  assert.ok(error instanceof api.PartnerMessagingError, String(error));
  if (className !== undefined) assert.equal(error.constructor, api[className], `${error}`);
  for (const [name, value] of Object.entries(expected)) {
    const isOption = name === 'field' && !(error instanceof api.InvalidMessageError) && value !== null;
    const field = camelCased(name.replace(/_ms$/, ''));
    assert.deepEqual(error[field], isOption ? camelCased(value) : value, name);
  }
  if (trail !== undefined) checkTrail(error.trail, trail);
  for (const text of text_has) assert.ok(error.message.includes(text), `${error.message} lacks ${text}`);
  for (const text of text_lacks) assert.ok(!error.message.includes(text), `${error.message} has ${text}`);
}

function checkRequests(requests, expected) {
  assert.equal(requests.length, expected.length, 'the number of requests');
  for (const [i, { method = 'POST', path = '/partner/message/send', headers = {}, json }] of expected.entries()) {
    const got = requests[i];
    assert.equal(`${got.method} ${got.path}`, `${method} ${path}`);
    const had = new Map(got.headers.map(([name, value]) => [name.toLowerCase(), value]));
    for (const [name, value] of Object.entries(headers)) assert.equal(had.get(name.toLowerCase()), value, name);
    if (json === undefined) assert.equal(got.body, '');
    else assert.deepEqual(JSON.parse(got.body), json);
  }
}

let sandbox;
const scratch = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
before(async () => {
  sandbox = await Sandbox.start();
});
after(async () => {
  rmSync(scratch, { recursive: true });
  await sandbox.stop();
});

assert.ok(files.length > 0, 'no vectors');
for (const file of files) {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  test(file, async (t) => {
    for (const vector of cases) {
      await t.test(vector.name, async () => {
        sandbox.reset();
        if (vector.state) sandbox.setState(vector.state);
        const journal = vector.journal && openJournal(vector.journal, mkdtempSync(join(scratch, 'case-')));
        const { made, got, receipt, result, error } = await outcomeOf(sandbox, vector, journal);
        if (vector.error) checkError(error, vector.error);
        else if (error) throw error;
        if (vector.error?.got) assert.deepEqual(got, vector.error.got);
        if (vector.receipt) checkReceipt(receipt, vector.receipt);
        if (vector.result) checkResult(result, vector.result);
        if (vector.spending) assert.deepEqual(made.spending(), vector.spending);
        if (vector.requests) checkRequests(sandbox.requests, vector.requests);
        if (vector.records) checkPart(await all(journal.records()), vector.records);
        await journal?.close();
      });
    }
  });
}
