// The sandbox as tests use it.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sandbox, SandboxError } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { failure, run, sms } = support;

test('it starts with its configuration, and has what it got', async () => {
  const sandbox = await Sandbox.start({ apiKey: 'my-key', state: { balance: '0.10' } });
  assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal(sandbox.apiKey, 'my-key');
  assert.match(await (await fetch(sandbox.inboxUrl)).text(), /<title>Inbox/);
  const client = sandbox.client({ headers: { 'x-tag': 'a' } });
  const { messageId } = await client.send(sms);
  const [request] = sandbox.requests;
  assert.deepEqual(Object.keys(request).sort(), ['body', 'connection', 'headers', 'httpVersion', 'json', 'method', 'path']);
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
  // A client without connections: one that is just closing would be as good as an answer that is late.
  assert.equal((await failure(sandbox.client({ maxRetries: 0 }).send(sms))).outcome, 'not_sent');
});

test('it shows its inbox on wish: opened, or printed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
  const [browser, asked] = [join(folder, 'browser'), join(folder, 'asked')];
  writeFileSync(browser, `#!/bin/sh\necho "$1" > '${asked}.new' && mv '${asked}.new' '${asked}'\n`, { mode: 0o755 });
  const program = `
    import { existsSync } from 'node:fs';
    import { Sandbox } from 'partner-messaging/testing';
    const sandbox = await Sandbox.start(JSON.parse(process.argv[1]));
    console.log(sandbox.inboxUrl);
    while (process.argv[2] === 'open' && !existsSync(process.env.ASKED)) await new Promise((done) => setTimeout(done, 10));
    await sandbox.stop();`;
  for (const [config, variable, shown] of [
    [{ inbox: 'open' }, '', 'open'],
    [{}, 'open', 'open'],
    [{ inbox: 'print' }, 'open', 'print'],
    [{}, 'print', 'print'],
    [{ inbox: 'off' }, 'print', 'off'],
    [{}, '', 'off'],
  ]) {
    const env = { PARTNER_MESSAGING_INBOX: variable, BROWSER: browser, ASKED: asked };
    const args = ['--input-type=module', '--eval', program, JSON.stringify(config), shown];
    const { code, stdout, stderr } = await run(args, { env });
    const printed = shown === 'print' ? `partner-messaging sandbox: inbox at ${stdout}` : '';
    assert.deepEqual([code, stderr], [0, printed]);
    assert.equal(existsSync(asked), shown === 'open');
    if (shown === 'open') assert.equal(readFileSync(asked, 'utf8'), stdout);
    rmSync(asked, { force: true });
  }
  rmSync(folder, { recursive: true });
  for (const inbox of ['draw', 1]) assert.equal((await failure(Sandbox.start({ inbox }))).field, 'inbox');
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
