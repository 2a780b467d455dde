// The tarballs: well made, and all that a user needs, without a registry.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { Sandbox } from 'partner-messaging/testing';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import support from './support/support.cjs';

const { folder, pointedAt, run } = support;

let scratch;
let tarballs;
before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'partner-messaging-'));
  const { code, stderr } = await run(['scripts/pack.mjs', join(scratch, 'dist')]);
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

const mainTarball = () => tarballs.find((path) => /partner-messaging-\d[^/]*$/.test(path));
const filesIn = (tarball) => {
  const listed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
  return listed.trim().split('\n').map((path) => path.replace('package/', '')).sort();
};
const always = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json'];

test('the tarballs hold what a user needs and nothing else', () => {
  const inFolder = (name, pattern) =>
    readdirSync(join(folder, name)).filter((file) => pattern.test(file)).map((file) => `${name}/${file}`);
  const entries = ['index', 'testing'].flatMap((name) => [`${name}.js`, `${name}.cjs`, `${name}.d.ts`, `${name}.d.cts`]);
  const expected = [...always, ...entries, 'native.cjs', 'bin/partner-messaging', ...inFolder('lib', /\.cjs$|\.d\.cts$/), ...inFolder('examples', /\.[cm]js$/)];
  assert.deepEqual(filesIn(mainTarball()), expected.sort());
  for (const tarball of tarballs.filter((path) => path !== mainTarball())) {
    const [notices, binary, ...others] = filesIn(tarball).filter((file) => !always.includes(file));
    assert.match(binary, /^partner-messaging\..*\.node$/);
    assert.equal(notices, 'THIRD-PARTY-LICENSES.txt');
    assert.deepEqual(others, []);
    const text = execFileSync('tar', ['-xzOf', tarball, `package/${notices}`], { encoding: 'utf8' });
    for (const name of ['SQLite', 'napi', 'ring', 'tokio']) assert.ok(text.includes(`\n  ${name} `), `${name} is not named`);
  }
});

test('installing runs no script', () => {
  for (const tarball of tarballs) {
    const packed = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
    assert.ok(!('scripts' in packed) && !('dependencies' in packed), tarball);
  }
});

test('the package of the binary is for this platform alone, and the main one names it', () => {
  const manifestOf = (tarball) => JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
  const main = manifestOf(mainTarball());
  const binaries = tarballs.filter((path) => path !== mainTarball()).map(manifestOf);
  assert.deepEqual(main.optionalDependencies, Object.fromEntries(binaries.map(({ name, version }) => [name, version])));
  const [binary] = binaries;
  assert.deepEqual([binary.os, binary.cpu], [[process.platform], [process.arch]]);
  const libc = process.report.getReport().header.glibcVersionRuntime ? ['glibc'] : ['musl'];
  assert.deepEqual(binary.libc, process.platform === 'linux' ? libc : undefined);
});

test('publint has nothing to say about the main tarball', async () => {
  const bytes = readFileSync(mainTarball());
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
});

test('the types are right for every kind of module and resolution', async () => {
  const { types, entrypoints, problems } = await checkPackage(
    createPackageFromTarballData(new Uint8Array(readFileSync(mainTarball()))),
  );
  assert.deepEqual([types.kind, Object.keys(entrypoints)], ['included', ['.', './testing', './package.json']]);
  assert.deepEqual(problems, []);
});

function emptyProject(name) {
  const project = join(scratch, name);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }\n');
  const options = ['--offline', '--cache', join(scratch, 'cache'), '--no-audit', '--no-fund', '--ignore-scripts'];
  const install = async (...args) => {
    const { code, stderr } = await run(['install', ...options, ...args], { cwd: project, command: 'npm' });
    assert.equal(code, 0, stderr);
  };
  return { project, install };
}

test('the error without the package of the binary says what to do', async () => {
  const { project, install } = emptyProject('without-binary');
  await install('--omit=optional', mainTarball());
  const program = `
    const { Client } = require('partner-messaging'); // importing is no problem
    try { new Client({ apiKey: 'k' }); } catch (error) { console.log(error.code, error.message); }`;
  const { stdout, stderr } = await run(['-e', program], { cwd: project });
  assert.equal(stderr, '');
  assert.match(stdout, /^ERR_PARTNER_MESSAGING_NO_BINARY .*--omit=optional/);
  assert.ok(stdout.includes(`${process.platform}-${process.arch}`), stdout);
});

test('the error where there is no binary names those that there are, and how to build one', async () => {
  const { project, install } = emptyProject('another-machine');
  await install('--omit=optional', mainTarball());
  // What this machine is not.
  const program = `
    Object.defineProperty(process, 'platform', { value: 'sunos' });
    const { Client } = require('partner-messaging');
    try { new Client({ apiKey: 'k' }); } catch (error) { console.log(error.code, error.message); }`;
  const { stdout, stderr } = await run(['-e', program], { cwd: project });
  assert.equal(stderr, '');
  const platform = `${process.platform}-${process.arch}`;
  assert.match(stdout, new RegExp(`^ERR_PARTNER_MESSAGING_NO_BINARY .*\\(sunos-.*There are binaries for ${platform}.*; for another .*npm run build`));
});

test('both install offline into an empty project, and the examples run there', async () => {
  const { project, install } = emptyProject('project');
  await install(...tarballs);
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
