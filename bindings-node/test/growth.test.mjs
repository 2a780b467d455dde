// A client that sends for ever does not grow. PARTNER_MESSAGING_TEST_REPEATS=100000
// is the long run.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, repeats, run } = support;

let sandbox;
let forgetting;
before(async () => {
  sandbox = await Sandbox.start({ state: { balance: '1000000000' } });
  forgetting = setInterval(() => sandbox.reset(), 200);
});
after(() => {
  clearInterval(forgetting);
  return sandbox.stop();
});

const MB = 1 << 20;

for (const mode of ['plain', 'shared signal', 'listener', 'refused']) {
  test(`memory stays flat: ${mode}`, async (t) => {
    const count = repeats(4000);
    const args = ['--expose-gc', join(folder, 'test', 'support', 'growth.mjs'), mode, String(count)];
    const { code, stdout, stderr } = await run(args, { env: pointedAt(sandbox), ms: 300_000 + count * 50 });
    assert.deepEqual([code, stderr], [0, '']);
    const curve = JSON.parse(stdout);
    t.diagnostic(`${count} calls, MB of heap: ${curve.map(({ heap }) => (heap / MB).toFixed(2)).join(' ')}`);
    t.diagnostic(`${count} calls, MB resident: ${curve.map(({ rss }) => (rss / MB).toFixed(1)).join(' ')}`);
    // From the fourth sample on: code gets compiled and pools filled before.
    const growth = (what) => Math.min(...curve.slice(-3).map(what)) - Math.min(...curve.slice(3, 6).map(what));
    assert.ok(growth(({ heap }) => heap) < 0.25 * MB, stdout);
    // Resident memory takes a step or two for the allocator's arenas, whenever it likes.
    assert.ok(growth(({ rss }) => rss) < 12 * MB, stdout);
  });
}
