// Nothing depends on globals that test tools replace: fake timers, whether installed
// before the package is loaded or after, and a `Promise` that is not the engine's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { pointedAt, run, sms } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.stop());

const load = `const { Client } = require('partner-messaging');`;
const fake = `
  const clock = require('@sinonjs/fake-timers').install({ toFake: [
    'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'nextTick', 'hrtime', 'performance', 'Date',
  ] });
  globalThis.Promise = class { constructor() { throw new Error('a global Promise was made'); } };`;
const use = `
  (async () => {
    const { request } = require('node:http'); // a module of Node's own, loaded late
    const events = [];
    const client = new Client({ onEvent: ({ step }) => { events.push(step); throw new Error('a listener’s own'); } });
    const uncaught = [];
    process.on('uncaughtException', ({ message }) => uncaught.push(message));
    const { signal } = new AbortController();
    const since = new Date(86_400_000);
    const sent = await client.send(${JSON.stringify(sms)}, { signal, timeout: 60_000 });
    const read = await client.getMessage(sent.messageId);
    const listed = [];
    for await (const message of client.listMessages({ since })) listed.push(message);
    const refused = await client.send({}).catch((error) => error);
    await client.close();
    process._rawDebug([sent.status, read.messageId === sent.messageId, listed.length > 0, refused.field, events.join(), uncaught.length].join(' '));
  })();`;

for (const [when, program] of [
  ['before the package is loaded', fake + load + use],
  ['after it', load + fake + use],
  ['in mid-call', `${load} ${use} ${fake}`],
]) {
  test(`globals replaced ${when}`, async () => {
    const { code, stderr } = await run(['-e', program], { env: pointedAt(sandbox) });
    assert.equal(stderr, 'SENT true true channel attempt,ended,attempt,ended,attempt,ended 6\n');
    assert.equal(code, 0);
  });
}
