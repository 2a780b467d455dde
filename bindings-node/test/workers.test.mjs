// Workers that load the addon and end, with nothing of this package in the main
// thread. In processes of their own: what goes wrong here is a crash.
// PARTNER_MESSAGING_TEST_REPEATS=100 is the long run.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, repeats, run, sms } = support;

let sandbox;
let copy;
before(async () => {
  sandbox = await Sandbox.start({ state: { balance: '1000000' } });
  copy = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
  for (const name of ['package.json', 'index.cjs', 'native.cjs', 'lib', ...readdirSync(folder).filter((file) => file.endsWith('.node'))]) {
    cpSync(join(folder, name), join(copy, name), { recursive: true });
  }
});
after(async () => {
  rmSync(copy, { recursive: true });
  await sandbox.stop();
});

/** What each program begins with: `worker(code)` resolves with its exit code when it has ended. */
const PRELUDE = `
  const { once } = require('node:events');
  const { Worker } = require('node:worker_threads');
  const here = ${JSON.stringify(join(folder, 'index.cjs'))};
  const sms = ${JSON.stringify(sms)};
  const start = (code, options) => new Worker('const sms = ' + JSON.stringify(sms) + ';' + code, { eval: true, ...options });
  const worker = async (code, options) => (await once(start(code, options), 'exit'))[0];
  const sends = (path = here) => \`
    const { Client } = require(\${JSON.stringify(path)});
    new Client({ onEvent() {} }).send(sms).then(({ status }) => process._rawDebug(status));\`;
`;

const programs = {
  'ten workers in turn': [
    `for (let i = 0; i < 10; i += 1) if ((await worker(sends())) !== 0) throw new Error('a worker failed');`,
    10,
  ],
  'eight first loads at once, and eight more': [
    `for (let i = 0; i < 2; i += 1) {
       const codes = await Promise.all(Array.from({ length: 8 }, () => worker(sends())));
       if (codes.some((code) => code !== 0)) throw new Error(String(codes));
     }`,
    16,
  ],
  'a worker, then the main thread, then a worker': [
    `await worker(sends());
     const { Client } = require(here);
     process._rawDebug((await new Client().send(sms)).status);
     await worker(sends());`,
    3,
  ],
  'unloaded and loaded anew in a worker, time and again': [
    `const again = \`
       const { Client: First } = require(here);
       for (const file of Object.keys(require.cache)) delete require.cache[file];
       const { Client } = require(here);
       if (Client === First) throw new Error('not loaded anew');
       Promise.all([new First().send(sms), new Client().send(sms)]).then((all) => all.forEach(({ status }) => process._rawDebug(status)));\`;
     for (let i = 0; i < 5; i += 1) await worker('const here = ' + JSON.stringify(here) + ';' + again);`,
    10,
  ],
  'two copies of the package in turn': [
    `const other = process.env.COPY;
     for (let i = 0; i < 4; i += 1) await worker(sends(i % 2 === 0 ? here : other));
     await worker(sends(here) + '{' + sends(other) + '}');`,
    6,
  ],
  'a worker that is terminated in mid-call, then another': [
    `for (let i = 0; i < 5; i += 1) {
       const ending = start(\`
         const { Client } = require(\${JSON.stringify(here)});
         new Client({ baseUrl: 'http://127.0.0.1:1', maxRetries: 1000 }).send(sms).catch(() => {});
         require('node:worker_threads').parentPort.postMessage('in flight');\`);
       await once(ending, 'message');
       await ending.terminate();
       await worker(sends());
     }`,
    5,
  ],
};

for (const [title, [code, count]] of Object.entries(programs)) {
  test(title, async () => {
    for (let i = 0; i < repeats(1); i += 1) {
      const env = { ...pointedAt(sandbox), COPY: join(copy, 'index.cjs') };
      const result = await run(['-e', `${PRELUDE} (async () => { ${code} })();`], { env });
      assert.deepEqual([result.code, result.signal, result.stderr], [0, null, 'SENT\n'.repeat(count)]);
      sandbox.reset();
    }
  });
}
