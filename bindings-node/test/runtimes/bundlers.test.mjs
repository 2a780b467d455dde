// Programs of bundlers, set up as the README says, run from another folder with the
// packed package beside them. `cargo xtask test runtimes` installs the bundlers into the
// folder that RUNTIMES names.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Sandbox } from 'partner-messaging/testing';
import support from '../support/support.cjs';

const { folder, pointedAt, readmePrograms, run, sms } = support;
const place = process.env.RUNTIMES;
assert.ok(place, 'RUNTIMES is not set: run `cargo xtask test runtimes`');
const require = createRequire(join(place, 'package.json'));

/** What the README's table says to write for a bundler. */
const readme = readFileSync(join(folder, 'README.md'), 'utf8');
const setting = (bundler) => {
  const row = readme.match(new RegExp(`^\\| ${bundler} \\|.*?\`(.*?)\``, 'm'));
  assert.ok(row, `the README has no row for ${bundler}`);
  return row[1];
};
const settings = (bundler) => new Function(`return { ${setting(bundler)} };`)();

const program = `
  import { Client, OutcomeUnknownError } from 'partner-messaging';
  import { Sandbox } from 'partner-messaging/testing';

  (async () => {
    const { status } = await new Client().send(${JSON.stringify(sms)});
    const sandbox = await Sandbox.start();
    sandbox.pushFault({ kind: 'reset' });
    const error = await sandbox.client().send(${JSON.stringify(sms)}).catch((thrown) => thrown);
    console.log(status, error instanceof OutcomeUnknownError);
    await sandbox.stop();
  })();`;

let sandbox;
let scratch;
let entry;
before(async () => {
  sandbox = await Sandbox.start();
  scratch = mkdtempSync(join(place, 'bundled-'));
  entry = join(scratch, 'program.mjs');
  writeFileSync(entry, program);
});
after(async () => {
  rmSync(scratch, { recursive: true });
  await sandbox.stop();
});

async function sends(file) {
  const { code, stdout, stderr } = await run([file], { cwd: '/', env: pointedAt(sandbox) });
  assert.deepEqual([code, stdout, stderr], [0, 'SENT true\n', '']);
}

for (const [format, ending] of [['cjs', 'cjs'], ['esm', 'mjs']]) {
  test(`esbuild, ${format}`, async () => {
    const file = join(scratch, `esbuild.${ending}`);
    const options = ['--bundle', '--platform=node', `--format=${format}`, `--outfile=${file}`, '--log-level=warning'];
    const { code, stderr } = await run([require.resolve('esbuild/bin/esbuild'), entry, ...options, setting('esbuild')]);
    assert.deepEqual([code, stderr], [0, '']);
    await sends(file);
  });
}

test('webpack', async () => {
  const webpack = require('webpack');
  const output = { path: scratch, filename: 'webpack.cjs' };
  const stats = await new Promise((resolve, reject) => {
    const done = (error, built) => (error ? reject(error) : resolve(built));
    webpack({ mode: 'production', target: 'node', context: scratch, entry, output, ...settings('webpack') }, done);
  });
  assert.ok(!stats.hasErrors(), stats.toString());
  await sends(join(scratch, 'webpack.cjs'));
});

test('Rollup', async () => {
  const { rollup } = await import(pathToFileURL(require.resolve('rollup')));
  const warnings = [];
  const bundle = await rollup({ input: entry, onwarn: ({ message }) => warnings.push(message), ...settings('Rollup') });
  await bundle.write({ file: join(scratch, 'rollup.mjs'), format: 'es' });
  assert.deepEqual(warnings, []);
  await sends(join(scratch, 'rollup.mjs'));
});

test('Vite', async () => {
  const outDir = join(scratch, 'vite');
  const config = join(scratch, 'vite.config.mjs');
  writeFileSync(config, `export default { ${setting('Vite')} };\n`);
  const vite = join(place, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = ['build', scratch, '--config', config, '--ssr', entry, '--outDir', outDir, '--logLevel', 'warn'];
  const { code, stdout, stderr } = await run([vite, ...args], { cwd: scratch });
  assert.equal(code, 0, stdout + stderr);
  await sends(join(outDir, 'program.mjs'));
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('Next.js, with the README’s route', async () => {
  const project = join(scratch, 'next');
  const route = join(project, 'app', 'api', 'codes');
  mkdirSync(route, { recursive: true });
  const { code: source } = readmePrograms().find(({ heading }) => heading === 'A route of Next.js');
  writeFileSync(join(route, 'route.ts'), source);
  writeFileSync(join(project, 'app', 'layout.tsx'), 'export default ({ children }: { children: any }) => <html><body>{children}</body></html>;\n');
  writeFileSync(join(project, 'next.config.mjs'), `export default { ${setting('Next.js')} };\n`);
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');

  const next = join(place, 'node_modules', 'next', 'dist', 'bin', 'next');
  const env = { ...pointedAt(sandbox), NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined, NODE_TEST_CONTEXT: undefined };
  const built = await run([next, 'build'], { cwd: project, env });
  assert.equal(built.code, 0, built.stdout + built.stderr);

  const port = await freePort();
  const server = spawn(process.execPath, [next, 'start', '-p', String(port), '-H', '127.0.0.1'], { cwd: project, env: { ...process.env, ...env } });
  try {
    const post = () => fetch(`http://127.0.0.1:${port}/api/codes`, { method: 'POST', body: JSON.stringify({ to: sms.to }) });
    let response;
    for (let tries = 0; response === undefined && tries < 300; tries += 1) {
      await sleep(100);
      response = await post().catch(() => undefined);
    }
    assert.equal(response?.status, 202);
    sandbox.pushFault({ kind: 'reset' });
    assert.deepEqual(await (await post()).json(), { outcome: 'unknown' });
  } finally {
    server.kill();
  }
});

test('AWS Lambda: a bundle, and the package beside it', async () => {
  // What is deployed: the bundle and node_modules, in a folder of its own.
  const task = join(scratch, 'task');
  const handler = join(scratch, 'handler.mjs');
  writeFileSync(handler, `
    import { Client } from 'partner-messaging';
    const client = new Client({ timeout: 10_000 });
    export const handler = async ({ to }) => (await client.send({ channel: 'SMS', to, content: 'Hello' })).status;`);
  const options = ['--bundle', '--platform=node', `--outfile=${join(task, 'index.js')}`, '--log-level=warning', setting('esbuild')];
  const { code, stderr } = await run([require.resolve('esbuild/bin/esbuild'), handler, ...options]);
  assert.deepEqual([code, stderr], [0, '']);
  for (const name of ['partner-messaging', 'partner-messaging-linux-x64-gnu']) {
    cpSync(join(place, 'node_modules', name), join(task, 'node_modules', name), { recursive: true });
  }
  // Its runtime freezes the process between two events.
  const runtime = `
    const { handler } = require(${JSON.stringify(join(task, 'index.js'))});
    (async () => {
      for await (const event of process.stdin) console.log(await handler(JSON.parse(event)));
    })();`;
  const child = spawn(process.execPath, ['-e', runtime], { cwd: '/', env: { ...pointedAt(sandbox), PATH: process.env.PATH } });
  let [printed, problems] = ['', ''];
  child.stdout.on('data', (text) => (printed += text));
  child.stderr.on('data', (text) => (problems += text));
  const invoke = async (count) => {
    child.stdin.write(JSON.stringify({ to: sms.to }));
    for (let tries = 0; printed !== 'SENT\n'.repeat(count) && tries < 500; tries += 1) await sleep(20);
    assert.deepEqual([printed, problems], ['SENT\n'.repeat(count), '']);
  };
  try {
    await invoke(1);
    child.kill('SIGSTOP');
    await sleep(1000);
    child.kill('SIGCONT');
    await invoke(2);
  } finally {
    child.kill('SIGKILL');
  }
});
