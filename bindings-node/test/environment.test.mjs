// The environment is that of the thread, and while a sandbox runs no client of the
// thread leaves the machine.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Client } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, run, sms } = support;
const ALLOW = 'PARTNER_MESSAGING_ALLOW';

/** What a worker with this environment posts. */
async function posted(env, code) {
  const header = `
    const { parentPort } = require('node:worker_threads');
    const { Client } = require(${JSON.stringify(join(folder, 'index.cjs'))});
    const { Sandbox } = require(${JSON.stringify(join(folder, 'testing.cjs'))});
    const sms = ${JSON.stringify(sms)};`;
  const worker = new Worker(`${header} (async () => { parentPort.postMessage(await (${code})()); })();`, { eval: true, env });
  const [message] = await once(worker, 'message');
  return message;
}

test('a worker’s own environment counts in it', async () => {
  const sandbox = await Sandbox.start();
  assert.equal(await posted(pointedAt(sandbox), `async () => (await new Client().send(sms)).status`), 'SENT');
  const refused = `() => { try { new Client({ apiKey: 'k' }); return 'taken'; } catch ({ field, message }) { return field + message; } }`;
  assert.match(await posted({ [ALLOW]: 'loopback' }, refused), /^baseUrl.*PARTNER_MESSAGING_ALLOW=loopback/);
  assert.equal(await posted({}, refused), 'taken');
  assert.match(await posted({ [ALLOW]: 'everything' }, refused), /^PARTNER_MESSAGING_ALLOW.*`loopback`/);
  await sandbox.stop();
});

test('while a sandbox runs no client leaves the machine', async () => {
  const before = process.env[ALLOW];
  delete process.env[ALLOW];
  try {
    const [first, second] = [await Sandbox.start(), await Sandbox.start()];
    for (const options of [{}, { baseUrl: 'https://messaging.example.com' }]) {
      assert.throws(() => new Client({ apiKey: 'k', ...options }), { name: 'ConfigError', field: 'baseUrl', message: /use a sandbox/ });
    }
    const { url: baseUrl } = first;
    assert.throws(() => new Client({ apiKey: 'k', baseUrl, proxy: 'http://proxy.example.com:3128' }), { name: 'ConfigError', field: 'proxy' });
    assert.throws(() => first.client({ apiKey: 'k', baseUrl: 'https://messaging.example.com' }), { field: 'baseUrl' });
    // The sandbox's own key is worth nothing elsewhere.
    const elsewhere = first.client({ baseUrl: 'https://partner-messaging.invalid', trustEnv: false, apiKey: undefined });
    assert.equal((await elsewhere.send(sms).catch((error) => error)).kind, 'dns');
    // Other errors come first.
    assert.throws(() => new Client({ apiKey: 'k', timeout: 0 }), { field: 'timeout' });
    assert.equal((await first.client().send(sms)).status, 'SENT');
    await first.stop();
    await first.stop();
    assert.throws(() => new Client({ apiKey: 'k' }), { field: 'baseUrl' });
    await second.stop();
    assert.equal(process.env[ALLOW], undefined);
    await new Client({ apiKey: 'k' }).close();
  } finally {
    if (before !== undefined) process.env[ALLOW] = before;
  }
});

test('what blocks Node’s network does not see it', async () => {
  // As the README says of nock and msw, and why a sandbox keeps clients on the machine.
  const program = `
    const net = require('node:net');
    const http = require('node:http');
    const { Sandbox } = require('partner-messaging/testing');
    const blocked = () => { throw new Error('the network is blocked'); };
    net.Socket.prototype.connect = http.request = http.get = globalThis.fetch = blocked;
    (async () => {
      const sandbox = await Sandbox.start();
      const { status } = await sandbox.client().send(${JSON.stringify(sms)});
      console.log(status, sandbox.requests.length);
      await sandbox.stop();
    })();`;
  const { stdout, stderr } = await run(['-e', program]);
  assert.equal(stdout, 'SENT 1\n', stderr);
});

test('in a worker, too', async () => {
  const code = `async () => {
    const sandbox = await Sandbox.start();
    try { new Client({ apiKey: 'k' }); return 'taken'; } catch ({ field }) { return field; } finally { await sandbox.stop(); }
  }`;
  assert.equal(await posted({}, code), 'baseUrl');
});

test('whoever has set the variable has decided', async () => {
  const program = `
    const { Client } = require('partner-messaging');
    const { Sandbox } = require('partner-messaging/testing');
    (async () => {
      const sandbox = await Sandbox.start();
      new Client({ apiKey: 'k' });
      await sandbox.stop();
      console.log(JSON.stringify(process.env.${ALLOW}));
    })();`;
  const { stdout, stderr } = await run(['-e', program], { env: { [ALLOW]: '' } });
  assert.equal(stdout, '""\n', stderr);
});
