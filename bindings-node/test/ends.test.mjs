// Processes and workers that end in mid-call. In processes of their own: what goes
// wrong here is a crash or a hang. PARTNER_MESSAGING_TEST_REPEATS=1000 is the long run.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, repeats, run, sms } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
afterEach(() => sandbox.reset());
after(() => sandbox.stop());

const program = (code, ms) =>
  run(
    ['--input-type=module', '-e', `import { Client } from 'partner-messaging';\nconst sms = ${JSON.stringify(sms)};\n${code}`],
    { env: pointedAt(sandbox), ms },
  );

/** Ends `count` processes with calls in flight, each at another moment, half of them with a listener. */
async function endMany(count, end, check) {
  sandbox.setFault({ kind: 'stall', ms: 12 });
  let n = 0;
  const endOneAfterAnother = async () => {
    while (n < count) {
      const moment = n % 30;
      const onEvent = n % 2 ? '() => {}' : 'undefined';
      // Of some the first calls are on their way, of others all is in full swing.
      const begun = n % 4 < 2 ? '' : 'await client.send(sms);';
      n += 1;
      check(
        await program(`
          const client = new Client({ onEvent: ${onEvent} });
          const keepSending = () => client.send(sms).then(keepSending, () => {});
          for (let i = 0; i < 8; i += 1) keepSending();
          ${begun}
          setTimeout(() => { ${end} }, ${moment});`),
      );
    }
  };
  await Promise.all([endOneAfterAnother(), endOneAfterAnother()]);
  assert.ok(sandbox.requests.length > 0);
}

test('process.exit in mid-call is clean', () =>
  endMany(repeats(8), 'process.exit(7)', ({ code, signal, stderr }) =>
    assert.deepEqual([code, signal, stderr], [7, null, '']),
  ));

test('an uncaught exception in mid-call is clean', () =>
  endMany(repeats(4), "throw new Error('on purpose')", ({ code, signal, stderr }) => {
    assert.deepEqual([code, signal], [1, null]);
    assert.match(stderr, /Error: on purpose/);
    assert.doesNotMatch(stderr, /panick|fatal/i);
  }));

test('worker.terminate() in mid-call is clean', async () => {
  const count = repeats(40);
  const workerFile = join(folder, 'test', 'support', 'worker.cjs');
  const { code, signal, stderr, stdout } = await program(
    `
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    import { Sandbox } from 'partner-messaging/testing';
    const sandbox = await Sandbox.start({ state: { balance: '1000000' } });
    sandbox.setFault({ kind: 'stall', ms: 15 });
    for (let i = 0; i < ${count}; i += 1) {
      const workerData = { sms, url: sandbox.url, apiKey: sandbox.apiKey, listening: i % 2 === 1 };
      const worker = new Worker(${JSON.stringify(workerFile)}, { workerData });
      await once(worker, 'message');
      await new Promise((done) => setTimeout(done, i % 25));
      await worker.terminate();
    }
    sandbox.setFault(null);
    console.log((await sandbox.client().send(sms)).status);`,
    300_000 + count * 5000,
  );
  assert.deepEqual([code, signal, stderr, stdout], [0, null, '', 'SENT\n']);
});
