// What the README and the examples say, run against the sandbox.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, run } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

const snippets = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^## (.*?)$|^```ts\n(.*?)^```/gms)];

test('the README’s snippets run', async (t) => {
  let heading;
  let count = 0;
  for (const [, title, code] of snippets) {
    if (title !== undefined) {
      heading = title;
      continue;
    }
    count += 1;
    await t.test(heading, async () => {
      // The one annotation that JavaScript doesn't have.
      const program = code.replaceAll('(error: any)', '(error)');
      const result = await run(['--input-type=module', '-e', program], { env: pointedAt(sandbox) });
      assert.deepEqual([result.code, result.stderr], [0, '']);
      if (heading === 'Messages') assert.equal(sandbox.requests.length, 4);
      if (heading === 'First program') assert.match(result.stdout, /^msg_\S+ 0\.05 SGD\n$/);
      if (heading === 'Testing') assert.match(result.stdout, /99\.95[^]*\nInsufficientCreditError\nunknown\n$/);
    });
  }
  assert.equal(count, 5);
});

test('examples/tour.mjs', async () => {
  sandbox.setState({ channels: { WHATSAPP: 'not_configured' }, delivery: { after_ms: 200 } });
  const { code, stdout, stderr } = await run(['examples/tour.mjs'], { env: pointedAt(sandbox) });
  assert.deepEqual([code, stderr], [0, '']);
  const row = ['5 sent', 'DELIVERED', '5 on 3 pages', '0.30 SGD', '0.30 SGD', 'WHATSAPP rejected, SMS sent'];
  assert.deepEqual(stdout.trimEnd().split('\t'), row);
});

for (const kind of ['mjs', 'cjs']) {
  const example = (name, args = [], env = pointedAt(sandbox)) => run([`examples/${name}.${kind}`, ...args], { env });

  test(`examples/demo.${kind}`, async () => {
    const { code, stdout, stderr } = await example('demo');
    assert.deepEqual([code, stderr], [0, '']);
    const rows = stdout.trimEnd().split('\n').map((line) => line.split('\t'));
    assert.deepEqual(
      rows.map(([name, outcome, id, ...rest]) => [name, outcome, id.startsWith('msg_'), ...rest]),
      [
        ['whatsapp', 'sent', true, '0.12 SGD', '1'],
        ['sms-template', 'sent', true, '0.05 SGD', '1'],
        ['sms-text', 'sent', true, '0.05 SGD', '1'],
        ['email', 'sent', true, '0.01 SGD', '1'],
      ],
    );
    sandbox.setState({ channels: { EMAIL: 'not_configured' } });
    sandbox.pushFault({ kind: 'reset' });
    const failed = await example('demo');
    assert.equal(failed.code, 1);
    const lines = failed.stdout.split('\n');
    assert.equal(lines[0], 'whatsapp\tunknown\tOutcomeUnknownError\t\t1');
    assert.equal(lines[3], 'email\trejected\tChannelConfigNotFoundError\t\t1');
  });

  test(`examples/first.${kind}`, async () => {
    const sent = await example('first', ['+6591234567']);
    assert.equal(sent.code, 0);
    assert.match(sent.stdout, /^sent as msg_\S+\ncost 0\.05 SGD\n$/);
    sandbox.pushFault({ kind: 'close_after_read' });
    const unknown = await example('first', ['+6591234567']);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /^perhaps sent/);
    const refused = await example('first', ['91234567']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^not accepted: to: /);
    assert.equal((await example('first')).code, 2);
    assert.equal((await example('first', ['+6591234567'], { ...pointedAt(sandbox), PARTNER_MESSAGING_API_KEY: '' })).code, 2);
  });
}
