// Builds the addon: `node scripts/build.mjs [--release] [--output-dir FOLDER]`.
//
// CARGO_TARGET_DIR and CARGO_BUILD_TARGET count as with cargo itself. Writes
// native.cjs, native.d.ts and the .node file here or into FOLDER, and keeps what
// native.d.ts was made from in build/types, for the test that makes it again.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(dirname(createRequire(import.meta.url).resolve('@napi-rs/cli')), 'cli.js');
const options = { release: { type: 'boolean' }, 'output-dir': { type: 'string' } };
const { values } = parseArgs({ options });
const flags = [...(values.release ? ['--release'] : []), '--output-dir', values['output-dir'] ?? folder];

const build = ['build', '--platform', '--no-const-enum', '--js', 'native.cjs', '--dts', 'native.d.ts', ...flags];
const { status, error } = spawnSync(process.execPath, [cli, ...build, '--', '--locked'], { cwd: folder, stdio: 'inherit' });
if (error) throw error;
if (status !== 0) process.exit(status ?? 1);

const metadata = spawnSync('cargo', ['metadata', '--format-version=1', '--no-deps', '--locked'], { cwd: folder, maxBuffer: 1 << 26 });
if (metadata.status !== 0) {
  console.error(String(metadata.stderr));
  process.exit(1);
}
const generated = join(resolve(JSON.parse(metadata.stdout).target_directory), 'napi-rs');
const [newest] = readdirSync(generated)
  .filter((name) => name.startsWith('partner-messaging-node-'))
  .map((name) => join(generated, name))
  .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
const kept = join(folder, 'build', 'types');
rmSync(kept, { recursive: true, force: true });
cpSync(newest, kept, { recursive: true });
