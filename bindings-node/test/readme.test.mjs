// What the README and the examples say, run against the sandbox.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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

/** The README's programs in TypeScript, each with the heading it stands under. */
function snippets() {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  let heading;
  return [...readme.matchAll(/^##+ (.*?)$|^```ts\n(.*?)^```/gms)].flatMap(([, title, code]) => {
    heading = title ?? heading;
    return code === undefined ? [] : [{ heading, code }];
  });
}

/** Writes them as JavaScript beside each other, where the package's own name resolves. */
async function compiled(programs, scratch) {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const sources = programs.map(({ code }, n) => {
    const path = join(scratch, `${n}.mts`);
    writeFileSync(path, code);
    return path;
  });
  const options = ['--module', 'node20', '--target', 'es2022', '--strict', '--skipLibCheck', '--types', 'node'];
  const { code, stdout, stderr } = await run([tsc, ...options, ...sources], { ms: 60_000 });
  assert.equal(code, 0, stdout + stderr);
  return programs.map((program, n) => ({ ...program, path: join(scratch, `${n}.mjs`) }));
}

const said = {
  'First program': /^msg_\S+ 0\.05 SGD\n$/,
  'Logs, metrics, traces': /: attempt 1\n.*: sent after 1 attempts.*\nMap\(1\) { 'SMS sent null' => 1 }\n$/,
  Testing: /99\.95[^]*\nInsufficientCreditError\nunknown\n$/,
};

test('the README’s programs compile and run', async (t) => {
  const scratch = mkdtempSync(join(folder, 'test', 'readme-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const programs = await compiled(snippets(), scratch);
  assert.equal(programs.length, 5);
  for (const { heading, path } of programs) {
    await t.test(heading, async () => {
      sandbox.reset();
      const result = await run([path], { env: pointedAt(sandbox) });
      assert.deepEqual([result.code, result.stderr], [0, '']);
      if (heading === 'Messages') assert.equal(sandbox.requests.length, 4);
      if (said[heading]) assert.match(result.stdout, said[heading]);
    });
  }
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
