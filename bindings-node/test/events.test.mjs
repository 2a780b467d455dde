// The events of a client's calls.
import assert from 'node:assert/strict';
import diagnostics from 'node:diagnostics_channel';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { failure, pointedAt, run, sms, until } = support;
const CHANNEL = 'partner-messaging:event';
const steps = (events) => events.map(({ step }) => step);

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

function collector() {
  const events = [];
  return { events, onEvent: (event) => events.push(event) };
}

test('onEvent gets every step of a call, before the call settles', async () => {
  const { events, onEvent } = collector();
  const client = sandbox.client({ onEvent });
  await client.send(sms);
  const [attempt, ended] = events;
  assert.deepEqual(attempt, {
    call: 'send',
    channel: 'SMS',
    recipient: '*******4567',
    step: 'attempt',
    attempt: 1,
    text: attempt.text,
  });
  assert.match(attempt.text, /SMS to \*{7}4567: attempt 1$/);
  const { elapsed, text, ...rest } = ended;
  assert.deepEqual(rest, {
    call: 'send',
    channel: 'SMS',
    recipient: '*******4567',
    step: 'ended',
    outcome: 'sent',
    kind: null,
    status: null,
    attempts: 1,
  });
  assert.ok(elapsed > 0);
  assert.match(text, /sent after 1 attempts/);
  assert.ok(Object.isFrozen(attempt));
  assert.equal(events.length, 2);
});

test('a retry is reported when it happens', async () => {
  sandbox.setFault({ kind: 'rate_limit', retryAfter: 20 });
  const { events, onEvent } = collector();
  const client = sandbox.client({ onEvent });
  const sending = failure(client.send(sms));
  await until(() => events.length > 1);
  assert.deepEqual(steps(events), ['attempt', 'retry']);
  assert.deepEqual([events[1].attempt, events[1].kind], [1, 'api']);
  assert.ok(events[1].pause >= 0, String(events[1].pause));
  await client.close();
  assert.equal((await sending).outcome, 'rejected');
  assert.equal(events.at(-1).step, 'ended');
});

test('a failure is reported with its outcome, and never with the message', async () => {
  const { events, onEvent } = collector();
  const client = sandbox.client({ onEvent });
  sandbox.pushFault({ kind: 'reset' });
  await failure(client.send({ ...sms, content: 'Your code is 246810' }));
  await failure(client.send({ ...sms, to: '6591234567' }));
  const ends = events.filter(({ step }) => step === 'ended');
  assert.deepEqual(ends.map(({ outcome, kind }) => [outcome, kind]).at(0), ['unknown', 'reset']);
  assert.doesNotMatch(JSON.stringify(events), /246810|6591234567|sandbox-key/);
});

test('the diagnostics channel has the events of every client, from the call after subscribing', async () => {
  const clients = [sandbox.client(), sandbox.client()];
  await clients[0].send(sms);
  const { events, onEvent } = collector();
  diagnostics.subscribe(CHANNEL, onEvent);
  for (const client of clients) await client.send(sms);
  diagnostics.unsubscribe(CHANNEL, onEvent);
  await clients[0].send(sms);
  assert.deepEqual(steps(events), ['attempt', 'ended', 'attempt', 'ended']);
});

test('many calls at once: each has all of its events', async () => {
  const { events, onEvent } = collector();
  const client = sandbox.client({ onEvent });
  await Promise.all(Array.from({ length: 200 }, () => client.send(sms)));
  assert.equal(events.filter(({ step }) => step === 'attempt').length, 200);
  assert.equal(events.filter(({ outcome }) => outcome === 'sent').length, 200);
});

test('the tracing channel has a call’s begin and end', async () => {
  const tracing = diagnostics.tracingChannel('partner-messaging:send');
  const published = [];
  const subscribers = Object.fromEntries(
    ['start', 'end', 'asyncStart', 'asyncEnd', 'error'].map((name) => [name, (context) => published.push([name, context])]),
  );
  tracing.subscribe(subscribers);
  try {
    const client = sandbox.client();
    const receipt = await client.send(sms);
    await sleep(0);
    assert.deepEqual(published.map(([name]) => name), ['start', 'end', 'asyncStart', 'asyncEnd']);
    const [, context] = published[0];
    assert.deepEqual([context.call, context.channel, context.result.messageId], ['send', 'SMS', receipt.messageId]);
    assert.equal(receipt.recipient, sms.to);
    assert.doesNotMatch(JSON.stringify(context), /6591234567/);

    published.length = 0;
    const error = await failure(async function userOfClient() { await client.send(null); }());
    await sleep(0);
    assert.deepEqual(published.map(([name]) => name), ['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
    assert.equal(published[0][1].error, error);
    assert.match(error.stack, /userOfClient/);
  } finally {
    tracing.unsubscribe(subscribers);
  }
});

const program = (code, env = {}) =>
  run(['--input-type=module', '-e', `import { Client } from 'partner-messaging';\nconst sms = ${JSON.stringify(sms)};\n${code}`], {
    env: { ...pointedAt(sandbox), ...env },
  });

test('what a listener throws changes no call, and is an uncaught exception', async () => {
  for (const listen of [
    `const client = new Client({ onEvent: (event) => { throw new Error(event.step); } });`,
    `import { subscribe } from 'node:diagnostics_channel';
     subscribe('${CHANNEL}', (event) => { throw new Error(event.step); });
     const client = new Client();`,
  ]) {
    const { code, stdout, stderr } = await program(`
      const thrown = [];
      process.on('uncaughtException', (error) => thrown.push(error.message));
      ${listen}
      console.log((await client.send(sms)).status);
      setTimeout(() => console.log(thrown.join()), 20);`);
    assert.deepEqual([code, stdout, stderr], [0, 'SENT\nattempt,ended\n', '']);
  }
});

test('PARTNER_MESSAGING_LOG=debug writes the events to standard error, to the last one', async () => {
  const code = `console.log((await new Client().send(sms)).status);`;
  const { stdout, stderr } = await program(code, { PARTNER_MESSAGING_LOG: 'debug' });
  assert.equal(stdout, 'SENT\n');
  assert.match(stderr, /^partner-messaging: .*SMS to \*{7}4567: attempt 1 \[POST \/partner\/message\/send\]\npartner-messaging: .*: sent after 1 attempts and \d+ ms\n$/);
  const quiet = await program(code, { PARTNER_MESSAGING_LOG: '' });
  assert.equal(quiet.stderr, '');
});

test('a listener keeps no process alive and no client', async () => {
  const { code, stdout, stderr } = await run(
    ['--expose-gc', '--input-type=module', '-e', `
      import { Client } from 'partner-messaging';
      import { setTimeout as sleep } from 'node:timers/promises';
      const gone = [];
      const registry = new FinalizationRegistry((n) => gone.push(n));
      async function use(n) {
        const client = new Client({ onEvent() {} });
        registry.register(client, n);
        await client.send(${JSON.stringify(sms)});
      }
      for (let n = 0; n < 5; n += 1) await use(n);
      for (let i = 0; i < 1000 && gone.length < 4; i += 1) { globalThis.gc(); await sleep(10); }
      console.log(gone.length >= 4);
      globalThis.kept = new Client({ onEvent() {} });
      await kept.send(${JSON.stringify(sms)});`],
    { env: pointedAt(sandbox) },
  );
  assert.deepEqual([code, stdout, stderr], [0, 'true\n', '']);
});

test('onEvent must be a function', () => {
  assert.throws(
    () => sandbox.client({ onEvent: 'log' }),
    (error) => error instanceof ConfigError && error.field === 'onEvent' && /function/.test(error.message),
  );
});
