'use strict';
// What several tests share.

const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const folder = join(__dirname, '..', '..');

/** Runs a program to its end; rejects if it takes longer than `ms`, as only one that hangs does. */
function run(args, { env = {}, cwd = folder, ms = 300_000, command = process.execPath } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${args.join(' ')} did not end\n${stdout}\n${stderr}`));
    }, ms);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Waits until it is true, for as long as a busy machine needs. */
async function until(isTrue) {
  const end = performance.now() + 60_000;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`it never came to be: ${isTrue}`);
    await sleep(5);
  }
}

/** The environment that points a program at the sandbox. */
const pointedAt = (sandbox) => ({
  PARTNER_MESSAGING_API_KEY: sandbox.apiKey,
  PARTNER_MESSAGING_BASE_URL: sandbox.url,
});

/** The error that a promise rejects with. */
async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** The README's programs in TypeScript, each with the heading it stands under. */
function readmePrograms() {
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  let heading;
  return [...readme.matchAll(/^##+ (.*?)$|^```ts\n(.*?)^```/gms)].flatMap(([, title, code]) => {
    heading = title ?? heading;
    return code === undefined ? [] : [{ heading, code }];
  });
}

/** What needs a package that is too large for this one: tests that are run by name run it. */
const ELSEWHERE = Object.freeze({ vitest: 'Tests with vitest', bullmq: 'A queue that runs jobs again: BullMQ' });
const isElsewhere = ({ heading }) => Object.values(ELSEWHERE).includes(heading);

/** How often to try what fails rarely: `few` times, or as the environment says for a long run. */
const repeats = (few) => Number(process.env.PARTNER_MESSAGING_TEST_REPEATS ?? few);

const sms = Object.freeze({ channel: 'SMS', to: '+6591234567', content: 'Hello from Node!' });

module.exports = { ELSEWHERE, folder, isElsewhere, readmePrograms, run, pointedAt, failure, repeats, sms, until };
