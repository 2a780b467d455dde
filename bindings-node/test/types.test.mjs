// The types, as a user's compiler sees them, with and without Node's own.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import support from './support/support.cjs';

const { folder, isElsewhere, readmePrograms, run } = support;
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022'];
const node16 = [...strict, '--module', 'node16', '--moduleResolution', 'node16'];
const bundler = [...strict, '--module', 'esnext', '--moduleResolution', 'bundler'];

async function compiles(args) {
  const { code, stdout, stderr } = await run([tsc, ...args]);
  assert.equal(code, 0, stdout + stderr);
}

const withNode = ['--types', 'node'];
test('module node16', () => compiles([...node16, ...withNode, 'test/types/esm.mts', 'test/types/commonjs.cts']));
test('module bundler', () => compiles([...bundler, ...withNode, 'test/types/esm.mts']));

test('the compiler names the member that is missing', async () => {
  const file = join(folder, 'test', 'types', 'lacking.mts');
  writeFileSync(file, `import type { Message } from "partner-messaging";
export const whatsApp: Message = { channel: "WHATSAPP", to: "+6591234567", from: "+6581234567" };
export const email: Message = { channel: "EMAIL", to: "a@example.com", subject: "s" };
`);
  try {
    const { code, stdout } = await run([tsc, ...node16, '--types', '', file]);
    assert.notEqual(code, 0);
    for (const member of ['templateId', 'htmlContent']) assert.match(stdout, new RegExp(`Property '${member}' is missing`));
    assert.doesNotMatch(stdout, /OtherMessage/);
  } finally {
    rmSync(file);
  }
});

test('the examples in the documentation compile', async () => {
  // Inside the package, so that its own name resolves.
  const scratch = mkdtempSync(join(folder, 'test', 'types', 'examples-'));
  try {
    const files = ['lib/client.d.cts', 'lib/errors.d.cts', 'lib/journal.d.cts', 'lib/messages.d.cts', 'testing.d.cts'];
    const ofReadme = readmePrograms().filter((program) => !isElsewhere(program));
    const examples = files.flatMap((name) => {
      const text = readFileSync(join(folder, name), 'utf8').replaceAll(/^ *\* ?/gm, '');
      return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
    });
    examples.push(...ofReadme.map(({ code }) => code));
    assert.ok(examples.length >= 10, `${examples.length} examples`);
    const written = examples.map((code, n) => {
      const path = join(scratch, `example${n}.mts`);
      writeFileSync(path, `${code}\nexport {};\n`);
      return path;
    });
    await compiles([...node16, ...withNode, '--skipLibCheck', ...written]);
    // Without @types/node and with the DOM's AbortSignal instead.
    await compiles([...bundler, '--types', '', '--lib', 'es2022,dom', written.at(0)]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
