// The tarballs: well made, and all that a user needs, without a registry.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import support from './support/support.cjs';

const { folder, pointedAt, run } = support;

let scratch;
let tarballs;
before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
  const { code, stderr } = await run(['scripts/pack.mjs', join(scratch, 'dist')], { ms: 60_000 });
  assert.equal(code, 0, stderr);
  tarballs = readdirSync(join(scratch, 'dist')).map((file) => join(scratch, 'dist', file));
});
after(() => rmSync(scratch, { recursive: true }));

test('there is a main tarball and one for this platform', () => {
  const names = tarballs.map((path) => path.slice(path.lastIndexOf('/') + 1));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  assert.ok(names.includes(`partner-messaging-${version}.tgz`), String(names));
  assert.ok(names.some((name) => name.startsWith(`partner-messaging-${process.platform}-${process.arch}`)), String(names));
});

test('publint has nothing to say about the main tarball', async () => {
  const main = tarballs.find((path) => /partner-messaging-\d[^/]*$/.test(path));
  const bytes = readFileSync(main);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test('both install offline into an empty project, and the examples run there', async () => {
  const project = join(scratch, 'project');
  const npm = (...args) => run(args, { cwd: project, command: 'npm', ms: 60_000 });
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }\n');
  const cache = ['--offline', '--cache', join(scratch, 'cache'), '--no-audit', '--no-fund'];
  const { code, stderr } = await npm('install', ...cache, '--ignore-scripts', ...tarballs);
  assert.equal(code, 0, stderr);
  for (const name of readdirSync(join(project, 'node_modules')).filter((entry) => !entry.startsWith('.'))) {
    const files = readdirSync(join(project, 'node_modules', name));
    for (const file of ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md']) assert.ok(files.includes(file), `${name} lacks ${file}`);
  }
  const sandbox = await Sandbox.start();
  for (const kind of ['mjs', 'cjs']) {
    const program = readFileSync(join(folder, 'examples', `demo.${kind}`), 'utf8');
    writeFileSync(join(project, `demo.${kind}`), program);
    const result = await run([`demo.${kind}`], { cwd: project, env: pointedAt(sandbox) });
    assert.deepEqual([result.code, result.stderr], [0, '']);
    assert.equal(result.stdout.match(/\tsent\tmsg_/g).length, 4);
  }
  await sandbox.stop();
  const program = "import('partner-messaging/testing').then(({ Sandbox }) => Sandbox.start()).then(({ url }) => console.log(url))";
  assert.match((await run(['-e', program], { cwd: project })).stdout, /^http:/);
});
