// Life and death of processes and workers with a client in them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, run, sms } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.stop());

const program = (code) =>
  run(
    ['--input-type=module', '-e', `import { Client } from 'partner-messaging';\nconst sms = ${JSON.stringify(sms)};\n${code}`],
    { env: pointedAt(sandbox) },
  );

test('an idle client keeps no process alive', async () => {
  const { code, stderr, stdout } = await program(`
    const client = new Client();
    console.log((await client.send(sms)).status);
    globalThis.kept = client;`);
  assert.deepEqual([code, stderr, stdout], [0, '', 'SENT\n']);
});

test('a pending send keeps it alive', async () => {
  sandbox.pushFault({ kind: 'stall', ms: 700 });
  const { code, stderr, stdout } = await program(`
    new Client().send(sms).then((receipt) => console.log(receipt.status));`);
  assert.deepEqual([code, stderr, stdout], [0, '', 'SENT\n']);
});

test('a sandbox keeps no finished process alive', async () => {
  const { code, stderr, stdout } = await program(`
    import { Sandbox } from 'partner-messaging/testing';
    const sandbox = await Sandbox.start();
    console.log((await sandbox.client().send(sms)).status);`);
  assert.deepEqual([code, stderr, stdout], [0, '', 'SENT\n']);
});

test('an unhandled rejection shows the error with its fields', async () => {
  const { code, stderr } = await program(`new Client().send({ ...sms, to: '91234567' });`);
  assert.equal(code, 1);
  assert.match(stderr, /InvalidMessageError: to: /);
  assert.doesNotMatch(stderr, /91234567/);
});

const workerFile = join(folder, 'test', 'support', 'worker.cjs');

const startWorker = () =>
  new Worker(workerFile, { workerData: { sms, url: sandbox.url, apiKey: sandbox.apiKey } });

test('it works in workers, several at once', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const worker = startWorker();
      const got = [];
      worker.on('message', (message) => got.push(message));
      const [code] = await once(worker, 'exit');
      assert.equal(code, 0);
      return got;
    }),
  );
  for (const got of statuses) assert.deepEqual(got, ['in flight', 'SENT', 'SENT', 'SENT', 'SENT']);
});
