// Writes what users install: `node scripts/pack.mjs OUTDIR [BINARIES]`.
//
// One tarball is the package itself, the others have a binary each, of those in the folder
// BINARIES (here); `npm install OUTDIR/*.tgz` takes all and needs no registry. The package
// names only the binaries that were packed with it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
const [out, binariesFolder = folder, ...rest] = process.argv.slice(2);
if (out === undefined || rest.length > 0) {
  console.error('usage: node scripts/pack.mjs OUTDIR [BINARIES]');
  process.exit(2);
}

const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
// The repository is there when a release is published, which says where it was built.
const { name, version, description, keywords, license, engines, repository } = manifest;
/** What a platform's binary has in it of others; `cargo xtask` writes it. */
const noticesOf = (platform) => join(folder, 'build', 'notices', platform, 'THIRD-PARTY-LICENSES.txt');
const licences = ['LICENSE-APACHE', 'LICENSE-MIT'].map((file) => join(folder, '..', file));

/** A binary's file, and its package in npm's words. */
function platformOf(file) {
  const [, platform, os, cpu, abi] = file.match(/^partner-messaging\.(([^-.]+)-([^-.]+)(?:-([^-.]+))?)\.node$/);
  const libc = { gnu: ['glibc'], musl: ['musl'] }[os === 'linux' ? abi : ''];
  return { file, package: `${name}-${platform}`, platform, os: [os], cpu: [cpu], ...(libc && { libc }) };
}

function write(stage, from, files, contents, texts, readme) {
  const packageJson = { ...contents, files: [...contents.files, ...texts.map((path) => basename(path))] };
  mkdirSync(stage);
  for (const file of files) cpSync(join(from, file), join(stage, file), { recursive: true });
  for (const text of texts) cpSync(text, join(stage, basename(text)));
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`);
  if (readme !== undefined) writeFileSync(join(stage, 'README.md'), readme);
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination, stage];
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  console.log(join(destination, execFileSync(npm, args, { encoding: 'utf8', shell: npm !== 'npm' }).trim()));
}

const binaries = readdirSync(binariesFolder).filter((file) => file.endsWith('.node')).map(platformOf);
if (binaries.length === 0) {
  console.error('there is no binary here yet: run `npm run build`');
  process.exit(1);
}
for (const { platform } of binaries) {
  if (existsSync(noticesOf(platform))) continue;
  console.error(`${noticesOf(platform)} is missing: write it with \`cargo xtask notices <target triple>\``);
  process.exit(1);
}
const missing = manifest.files.find((file) => !existsSync(join(folder, file)));
if (missing !== undefined) {
  console.error(`a file that package.json names is missing: ${missing}`);
  process.exit(1);
}

const destination = resolve(out);
mkdirSync(destination, { recursive: true });
const staging = mkdtempSync(join(tmpdir(), 'partner-messaging-pack-'));
try {
  const { devDependencies, overrides, napi, scripts, ...published } = manifest;
  const optionalDependencies = Object.fromEntries(binaries.map((binary) => [binary.package, version]));
  write(join(staging, name), folder, [...manifest.files, 'README.md'], { ...published, optionalDependencies }, licences);
  for (const { file, package: binary, platform, ...where } of binaries) {
    const own = { name: binary, version, description: `The binary of ${name} for ${platform}`, keywords, license, engines, repository };
    const readme = `# ${binary}\n\nThe binary of \`${name}\` for ${platform}. Install \`${name}\` instead.\n`;
    write(join(staging, binary), binariesFolder, [file], { ...own, main: file, files: [file], ...where }, [...licences, noticesOf(platform)], readme);
  }
} finally {
  rmSync(staging, { recursive: true, force: true });
}
