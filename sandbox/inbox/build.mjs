// Builds the page that the sandbox serves: one file with script and style in it, and the policy
// that names their digests. `--check` builds nothing and fails if the built page is not what the
// sources make.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const MAX_BYTES = 150_000;

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const PAGE = at('../src/inbox/page.html');
const POLICY = at('../src/inbox/page.policy');

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [at(entry)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: ['es2022', 'chrome120', 'firefox120', 'safari17'],
    legalComments: 'none',
    charset: 'utf8',
    tsconfig: at('tsconfig.json'),
  });
  return outputFiles[0].text.trim();
}

const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

async function make() {
  const [template, script, style, license] = await Promise.all([
    readFile(at('src/index.html'), 'utf8'),
    bundle('src/main.tsx'),
    bundle('src/style.css'),
    readFile(at('node_modules/preact/LICENSE'), 'utf8'),
  ]);
  const parts = { script, style, license: license.trim() };
  const page = template.replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
  const policy = [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(style)}`,
    "connect-src 'self'",
    "frame-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return { page, policy: `${policy}\n` };
}

const { page, policy } = await make();
const bytes = Buffer.byteLength(page);
if (bytes > MAX_BYTES) throw new Error(`the page has ${bytes} bytes, more than ${MAX_BYTES}`);

if (process.argv.includes('--check')) {
  const [foundPage, foundPolicy] = await Promise.all([PAGE, POLICY].map((path) => readFile(path, 'utf8')));
  if (foundPage !== page || foundPolicy !== policy) {
    console.error('sandbox/src/inbox/page.* are not what sandbox/inbox makes: npm run build, and commit them');
    process.exit(1);
  }
} else {
  await Promise.all([writeFile(PAGE, page), writeFile(POLICY, policy)]);
}
console.log(`page.html: ${bytes} bytes`);
