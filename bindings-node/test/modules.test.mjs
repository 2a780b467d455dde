// One set of classes for both kinds of modules, and no side effect of importing them.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import * as esm from 'partner-messaging';
import * as esmTesting from 'partner-messaging/testing';
import support from './support/support.cjs';

const require = createRequire(import.meta.url);
const { run } = support;

test('the classes of ES modules and of CommonJS are the same', async () => {
  for (const [name, imported] of [['partner-messaging', esm], ['partner-messaging/testing', esmTesting]]) {
    const required = require(name);
    assert.deepEqual(Object.keys(imported).filter((key) => key !== 'default').sort(), Object.keys(required).sort());
    for (const key of Object.keys(required)) assert.equal(imported[key], required[key], key);
  }
  const sandbox = await esmTesting.Sandbox.start();
  const error = await support.failure(sandbox.client().send({}));
  await sandbox.stop();
  assert.ok(error instanceof require('partner-messaging').InvalidMessageError);
  assert.ok(error instanceof esm.InvalidMessageError);
});

test('importing starts no thread', async () => {
  const program = `
    const { readdirSync } = require('node:fs');
    const threads = () => readdirSync('/proc/self/task').length;
    const before = threads();
    const { Client } = require('partner-messaging');
    require('partner-messaging/testing');
    console.log(threads() - before);
    new Client({ apiKey: 'k' });
    console.log(threads() - before <= 2);`;
  const { stdout, stderr } = await run(['-e', program]);
  assert.equal(stdout, '0\ntrue\n', stderr);
});

const machines = [
  { platform: process.platform, arch: process.arch, says: `${process.platform}-${process.arch} with ` },
  { platform: 'linux', arch: 'arm64', musl: true, says: 'linux-arm64 with musl' },
  { platform: 'darwin', arch: 'arm64', says: 'darwin-arm64,' },
  { platform: 'win32', arch: 'x64', says: 'win32-x64,' },
];

for (const { platform, arch, musl, says } of machines) {
  test(`the error on a machine without a binary says what to do: ${says}`, async () => {
    const program = `
      const Module = require('node:module');
      const load = Module._load;
      Module._load = function (name, ...rest) {
        if (name.endsWith('.node') || name.startsWith('partner-messaging-')) throw new Error('no such file');
        return load.call(this, name, ...rest);
      };
      const { Client } = require('partner-messaging');
      Object.defineProperties(process, { platform: { value: '${platform}' }, arch: { value: '${arch}' } });
      if (${musl === true}) process.report.getReport = () => ({ header: {}, sharedObjects: [] });
      try { new Client({ apiKey: 'k' }); } catch (error) { console.log(error.code, error.message, error.cause !== undefined); }`;
    const { stdout } = await run(['-e', program]);
    assert.match(stdout, /^ERR_PARTNER_MESSAGING_NO_BINARY partner-messaging has no binary that loads/);
    assert.ok(stdout.includes(says) && stdout.includes('npm run build'), stdout);
    assert.ok(stdout.endsWith('true\n'));
  });
}

test('what the environment says to the loader of another addon does not matter', async () => {
  const env = { NAPI_RS_NATIVE_LIBRARY_PATH: '/nonexistent/other.node', NAPI_RS_FORCE_WASI: 'error', NAPI_RS_WASI_FLAVOR: 'other' };
  const program = `
    const { Client } = require('partner-messaging');
    new Client({ apiKey: 'k' });
    console.log(Object.keys(${JSON.stringify(env)}).map((name) => process.env[name]).join());`;
  const { stdout, stderr } = await run(['-e', program], { env });
  assert.equal(stdout, '/nonexistent/other.node,error,other\n', stderr);
});
