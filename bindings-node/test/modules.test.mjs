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

// What Node's report says of the C library counts only where the system has no ldd.
const report = { header: {}, sharedObjects: ['/lib/ld-musl-aarch64.so.1'] };
const machines = [
  { platform: process.platform, arch: process.arch, says: `${process.platform}-${process.arch} with `, looksFor: `${process.platform}-${process.arch}` },
  { platform: 'linux', arch: 'arm64', ldd: 'musl libc', says: 'linux-arm64 with musl', looksFor: 'linux-arm64-musl' },
  { platform: 'linux', arch: 'arm64', ldd: 'GNU libc', report, says: 'linux-arm64 with glibc,', looksFor: 'linux-arm64-gnu' },
  { platform: 'linux', arch: 'arm64', ldd: null, report, says: 'linux-arm64 with musl', looksFor: 'linux-arm64-musl' },
  { platform: 'darwin', arch: 'arm64', says: 'darwin-arm64,', looksFor: 'darwin-arm64' },
  { platform: 'win32', arch: 'x64', says: 'win32-x64,', looksFor: 'win32-x64-msvc' },
];

for (const { platform, arch, ldd, report, says, looksFor } of machines) {
  test(`the error on a machine without a binary says what to do: ${says} ${ldd}`, async () => {
    const program = `
      const Module = require('node:module'), fs = require('node:fs');
      const { _load: load } = Module, { readFileSync } = fs, looked = [];
      Module._load = function (name, ...rest) {
        if (name.endsWith('.node') || name.startsWith('partner-messaging-')) {
          looked.push(name);
          throw new Error('no such file');
        }
        return load.call(this, name, ...rest);
      };
      const ldd = ${JSON.stringify(ldd)}, report = ${JSON.stringify(report)};
      if (ldd !== undefined) fs.readFileSync = (path, ...rest) => (path === '/usr/bin/ldd' ? ldd ?? readFileSync('/none') : readFileSync(path, ...rest));
      if (report) process.report.getReport = () => report;
      const { Client } = require('partner-messaging');
      Object.defineProperties(process, { platform: { value: '${platform}' }, arch: { value: '${arch}' } });
      try { new Client({ apiKey: 'k' }); } catch (error) { console.log(error.code, error.message, looked.join(), error.cause !== undefined); }`;
    const { stdout, stderr } = await run(['-e', program]);
    assert.equal(stderr, '');
    assert.match(stdout, /^ERR_PARTNER_MESSAGING_NO_BINARY partner-messaging has no binary that loads/);
    assert.ok(stdout.includes(says) && stdout.includes('npm run build'), stdout);
    // The words and the loader are of one mind.
    assert.ok(stdout.includes(`partner-messaging-${looksFor}`), stdout);
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
