// What nobody refers to is collected: clients, callbacks, and the whole context that a
// test runner loads the package in, once for each test file.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, run } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start({ state: { balance: '1000000' } });
});
after(() => sandbox.stop());

const MB = 1 << 20;
const COUNT = 30;

for (const mode of ['a client that is closed', 'a client that is left', 'a client whose call is aborted', 'a run that is left', 'a sandbox that is left']) {
  test(`collected: ${mode}`, async (t) => {
    const args = ['--expose-gc', join(folder, 'test', 'support', 'collected.cjs'), mode, String(COUNT)];
    const { code, stdout, stderr } = await run(args, { env: pointedAt(sandbox) });
    assert.deepEqual([code, stderr], [0, '']);
    const { collected, heap, sockets } = JSON.parse(stdout);
    t.diagnostic(`MB of heap: ${heap.map((bytes) => (bytes / MB).toFixed(1)).join(' ')}; ${sockets} descriptors at the end`);
    // The last of each may still be on the stack.
    for (const [what, number] of Object.entries(collected)) assert.ok(number >= COUNT - 1, `${number} ${what} of ${COUNT}`);
    assert.ok(heap.at(-1) - heap[2] < 2 * MB, stdout);
    assert.ok(sockets < 40, stdout);
  });
}
