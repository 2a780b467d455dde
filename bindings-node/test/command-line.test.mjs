// The package's `bin`, which is the command line in Node's process: its own tests are in `cli`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, pointedAt, run } = support;

const { bin, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const commandLine = (args, env = {}) => run(args, { env, command: join(folder, bin['partner-messaging']) });

test('it tells its version and what is wrong', async () => {
  assert.deepEqual(await commandLine(['--version']), {
    code: 0,
    signal: null,
    stdout: `partner-messaging ${version}\n`,
    stderr: '',
  });
  const { code, stdout, stderr } = await commandLine(['sned']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /sned/);
  assert.doesNotMatch(stderr, /\n {4}at /);
});

test('it ends with the status of the command line', async () => {
  const sandbox = await Sandbox.start();
  try {
    const send = () =>
      commandLine(['send', '--channel', 'SMS', '--to', '+6591234567', '--content', 'Hello'], pointedAt(sandbox));
    const sent = await send();
    assert.deepEqual([sent.code, sent.stderr], [0, '']);
    assert.match(sent.stdout, /^sent as msg_/);
    assert.match(new Map(sandbox.requests[0].headers).get('user-agent'), /^partner-messaging-node\//);
    sandbox.pushFault({ kind: 'close_after_read' });
    const unknown = await send();
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /^partner-messaging: /);
  } finally {
    await sandbox.stop();
  }
});
