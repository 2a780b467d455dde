// The sandbox as tests use it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox, SandboxError } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { failure, run, sms } = support;

test('it starts as it is told, and tells what it got', async () => {
  const sandbox = await Sandbox.start({ apiKey: 'my-key', state: { balance: '0.10' } });
  assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(sandbox.apiKey, 'my-key');
  const client = sandbox.client({ headers: { 'x-tag': 'a' } });
  const { messageId } = await client.send(sms);
  const [request] = sandbox.requests;
  assert.deepEqual(Object.keys(request).sort(), ['body', 'headers', 'httpVersion', 'json', 'method', 'path']);
  assert.deepEqual(request.json, { request: sms });
  assert.ok(request.headers.some(([name, value]) => name === 'x-tag' && value === 'a'));
  assert.equal(sandbox.messages[0].messageId, messageId);
  assert.equal(sandbox.state.balance, '0.05');
  await client.send(sms);
  assert.equal((await failure(client.send(sms))).name, 'InsufficientCreditError');
  sandbox.clearRequests();
  assert.deepEqual(sandbox.requests, []);
  sandbox.setState({ balance: '7.00', channels: { SMS: null } });
  assert.equal(sandbox.state.balance, '7.00');
  assert.equal((await failure(client.send(sms))).name, 'ChannelConfigNotFoundError');
  sandbox.reset();
  assert.equal(sandbox.state.balance, '0.10');
  assert.deepEqual(sandbox.messages, []);
  await sandbox.stop();
});

test('faults are pushed and set, in camelCase or in the sandbox’s own names', async () => {
  const sandbox = await Sandbox.start();
  const client = sandbox.client({ maxRetries: 0 });
  for (const fault of [{ kind: 'rate_limit', retryAfter: 3 }, { kind: 'rate_limit', retry_after: 3 }]) {
    sandbox.pushFault(fault);
    assert.equal((await failure(client.send(sms))).retryAfter, 3000);
  }
  sandbox.setFault({ kind: 'html502' });
  assert.equal((await failure(client.send(sms))).kind, 'server');
  assert.equal((await failure(client.send(sms))).outcome, 'unknown');
  sandbox.setFault(null);
  sandbox.pushFault({ kind: 'refuse' });
  // A client without connections: one that is just closing would fail otherwise.
  assert.equal((await failure(sandbox.client({ maxRetries: 0 }).send(sms))).kind, 'connect');
  sandbox.reset();
  assert.equal((await client.send(sms)).status, 'SENT');
  await sandbox.stop();
});

test('what it can’t do is a SandboxError that names the field', async () => {
  const sandbox = await Sandbox.start();
  for (const [attempt, field] of [
    [() => sandbox.pushFault({ kind: 'respond', status: 'x' }), /status/],
    [() => sandbox.pushFault({ kind: 'nonsense' }), /kind|fault/],
    [() => sandbox.setState({ weather: 'fine' }), /weather|state/],
  ]) {
    assert.throws(attempt, (error) => error instanceof SandboxError && field.test(`${error.field} ${error.message}`));
  }
  assert.ok((await failure(Sandbox.start({ listen: '8.8.8.8:80' }))) instanceof SandboxError);
  assert.ok((await failure(Sandbox.start(7))) instanceof SandboxError);
  assert.throws(() => new Sandbox(), TypeError);
  await sandbox.stop();
});

test('stopping ends it for good, and twice is as good as once', async () => {
  const sandbox = await Sandbox.start();
  const client = sandbox.client({ maxRetries: 0 });
  await client.send(sms);
  if (Symbol.asyncDispose) await sandbox[Symbol.asyncDispose]();
  await sandbox.stop();
  await sandbox.stop();
  assert.throws(() => sandbox.requests, SandboxError);
  assert.equal((await failure(client.send(sms))).outcome, 'not_sent');
});

test('a sandbox of which only the URL is kept goes on serving', async () => {
  const program = `
    import { Client } from 'partner-messaging';
    import { Sandbox } from 'partner-messaging/testing';
    const start = async () => { const { url, apiKey } = await Sandbox.start(); return { baseUrl: url, apiKey }; };
    const client = new Client(await start());
    for (let i = 0; i < 20; i++) { globalThis.gc(); await new Promise((done) => setTimeout(done, 5)); }
    console.log((await client.send({ channel: 'SMS', to: '+6591234567', content: 'Hello' })).status);
  `;
  const { stdout } = await run(['--expose-gc', '--input-type=module', '--eval', program]);
  assert.equal(stdout, 'SENT\n');
});
