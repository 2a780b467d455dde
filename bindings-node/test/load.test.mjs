// A thousand calls at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';

test('a thousand calls at once are a thousand messages', async () => {
  const sandbox = await Sandbox.start({ state: { balance: '1000' } });
  const client = sandbox.client({ maxConnections: 20, timeout: 300_000 });
  const receipts = await Promise.all(
    Array.from({ length: 1000 }, (_, n) => client.send({ channel: 'SMS', to: '+6591234567', content: `message ${n}` })),
  );
  assert.equal(new Set(receipts.map(({ messageId }) => messageId)).size, 1000);
  assert.ok(receipts.every(({ attempts }) => attempts === 1));
  const contents = sandbox.requests.map(({ json }) => json.request.content);
  assert.equal(contents.length, 1000);
  assert.equal(new Set(contents).size, 1000);
  await client.close();
  await sandbox.stop();
});
