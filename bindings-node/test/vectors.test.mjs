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

async function outcomeOf(sandbox, { client, call, message }) {
  try {
    const made = sandbox.client(optionsOf(client));
    if (message === undefined) return {};
    return { receipt: await made.send(messageOf(message), optionsOf(call)) };
  } catch (error) {
    return { error };
  }
}

function checkReceipt(receipt, expected) {
  assert.ok(receipt instanceof api.Receipt);
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(receipt[camelCased(name)], value, name);
  }
}

function checkError(error, { class: className, text_has = [], text_lacks = [], ...expected }) {
  assert.ok(error instanceof api.PartnerMessagingError, String(error));
  if (className !== undefined) assert.equal(error.constructor, api[className], `${error}`);
  for (const [name, value] of Object.entries(expected)) {
    const isOption = name === 'field' && error instanceof api.ConfigError && value !== null;
    const field = camelCased(name.replace(/_ms$/, ''));
    assert.deepEqual(error[field], isOption ? camelCased(value) : value, name);
  }
  for (const text of text_has) assert.ok(error.message.includes(text), `${error.message} lacks ${text}`);
  for (const text of text_lacks) assert.ok(!error.message.includes(text), `${error.message} has ${text}`);
}

function checkRequests(requests, expected) {
  assert.equal(requests.length, expected.length, 'the number of requests');
  for (const [i, { headers = {}, json }] of expected.entries()) {
    const got = requests[i];
    assert.equal(`${got.method} ${got.path}`, 'POST /partner/message/send');
    const had = new Map(got.headers.map(([name, value]) => [name.toLowerCase(), value]));
    for (const [name, value] of Object.entries(headers)) assert.equal(had.get(name.toLowerCase()), value, name);
    if (json !== undefined) assert.deepEqual(JSON.parse(got.body), json);
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
        const { receipt, error } = await outcomeOf(sandbox, vector);
        if (vector.error) checkError(error, vector.error);
        else if (error) throw error;
        if (vector.receipt) checkReceipt(receipt, vector.receipt);
        if (vector.requests) checkRequests(sandbox.requests, vector.requests);
      });
    }
  });
}
