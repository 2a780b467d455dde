'use strict';
// Loads the addon, or explains what is missing and what to do about it.

const { execSync } = require('node:child_process');
const { readFileSync } = require('node:fs');

const isMuslFile = (file) => file.includes('libc.musl-') || file.includes('ld-musl-');

/** Whether the C library of a Linux system is musl: decided step by step as the generated loader decides it. */
function isMusl(report) {
  try {
    return readFileSync('/usr/bin/ldd', 'utf8').includes('musl');
  } catch {
    // It has none there.
  }
  if (report) return !report.header?.glibcVersionRuntime && Boolean(report.sharedObjects?.some(isMuslFile));
  try {
    return execSync('ldd --version', { encoding: 'utf8' }).includes('musl');
  } catch {
    return false;
  }
}

/** What this process runs on: in words, and what the package of a binary for it is called. */
function machine() {
  const { platform, arch } = process;
  const abi = { linux: '-gnu', win32: '-msvc' }[platform] ?? '';
  const machine = { words: `${platform}-${arch}`, package: `partner-messaging-${platform}-${arch}${abi}` };
  if (platform !== 'linux') return machine;
  if (process.report) process.report.excludeNetwork = true;
  const report = process.report?.getReport?.();
  if (isMusl(report)) return { words: `${machine.words} with musl`, package: machine.package.replace(/gnu$/, 'musl') };
  const version = report?.header?.glibcVersionRuntime;
  return { ...machine, words: `${machine.words} with glibc${version ? ` ${version}` : ''}` };
}

const BUILD = 'build it from the sources, with Rust: `npm ci` and `npm run build` in bindings-node.';

/** The error of a machine that no binary was found for, or whose binary does not load. */
function unavailable(cause) {
  const here = machine();
  // What the packed package names; a checkout has none.
  const there = Object.keys(require('../package.json').optionalDependencies ?? {});
  const remedy = there.includes(here.package)
    ? `Its binary is in a package of its own, ${here.package}: install again without --omit=optional and ` +
      'without a lock file or node_modules from another platform, or install the tarball of this platform besides the main one.'
    : there.length > 0
      ? `There are binaries for ${there.map((name) => name.replace('partner-messaging-', '')).join(', ')}; for another platform ${BUILD}`
      : `There is none in a checkout: ${BUILD}`;
  const error = new Error(
    `partner-messaging has no binary that loads on this machine (${here.words}, Node ${process.versions.node}). ` +
      `${remedy} The cause has the details.`,
    { cause },
  );
  error.code = 'ERR_PARTNER_MESSAGING_NO_BINARY';
  return error;
}

/**
 * Variables that the generated loader reads. They are meant for one package, and a
 * program may have several addons made with napi.
 */
const FOREIGN = ['NAPI_RS_NATIVE_LIBRARY_PATH', 'NAPI_RS_FORCE_WASI', 'NAPI_RS_WASI_FLAVOR'];

/** Loads the addon that came with this package, whatever the environment says. */
function load() {
  const { env } = process;
  const hidden = FOREIGN.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]);
  for (const [name] of hidden) delete env[name];
  try {
    return require('../native.cjs');
  } finally {
    for (const [name, value] of hidden) env[name] = value;
  }
}

let loaded;

/**
 * The addon. Loading it takes time and memory, so it is deferred until
 * there is a client or a sandbox: importing the package has no side effect.
 */
function native() {
  if (loaded === undefined) {
    try {
      loaded = load();
    } catch (cause) {
      throw unavailable(cause);
    }
  }
  return loaded;
}

module.exports = { native };
