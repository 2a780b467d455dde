// Every case of the vectors that all languages share.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
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

const pageFacts = ({ messages, page, limit, total, totalPages, hasMore }) =>
  ({ page, limit, total, total_pages: totalPages, has_more: hasMore, ids: messages.map((message) => message.messageId) });

/** The call that a case asks for; the ids that a list gives go to `got`. */
async function called(client, { op, ...given }, options, got) {
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
      for await (const page of client.listMessages(args, options).pages()) pages.push(pageFacts(page));
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

async function outcomeOf(sandbox, { client, call, message, do: other }) {
  const got = [];
  let made;
  try {
    made = sandbox.client(optionsOf(endpointsOf(client)));
    if (message !== undefined) return { made, got, receipt: await made.send(messageOf(message), optionsOf(call)) };
    if (other !== undefined) return { made, got, result: await called(made, other, optionsOf(call), got) };
    return { made, got };
  } catch (error) {
    return { made, got, error };
  }
}

function checkReceipt(receipt, expected) {
  assert.ok(receipt instanceof api.Receipt);
  checkResult(receipt, expected);
}

function checkResult(result, { headers = {}, trail, pages, ...expected }) {
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
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.stop());

assert.ok(files.length > 0, 'no vectors');
for (const file of files) {
  const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
  test(file, async (t) => {
    for (const vector of cases) {
      await t.test(vector.name, async () => {
        sandbox.reset();
        if (vector.state) sandbox.setState(vector.state);
        for (const fault of vector.faults ?? []) sandbox.pushFault(fault);
        const { made, got, receipt, result, error } = await outcomeOf(sandbox, vector);
        if (vector.error) checkError(error, vector.error);
        else if (error) throw error;
        if (vector.error?.got) assert.deepEqual(got, vector.error.got);
        if (vector.receipt) checkReceipt(receipt, vector.receipt);
        if (vector.result) checkResult(result, vector.result);
        if (vector.spending) assert.deepEqual(made.spending(), vector.spending);
        if (vector.requests) checkRequests(sandbox.requests, vector.requests);
      });
    }
  });
}
