'use strict';
// Loads the addon, or explains what is missing and what to do about it.

/** What this process runs on, in the words of npm's `os`, `cpu` and `libc`. */
function machine() {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch, libc: null };
  const glibc = process.report?.getReport?.().header?.glibcVersionRuntime;
  return { platform, arch, libc: glibc ? `glibc ${glibc}` : 'musl' };
}

/** The error of a machine that no binary was found for, or whose binary does not load. */
function unavailable(cause) {
  const { platform, arch, libc } = machine();
  const here = `${platform}-${arch}${libc ? ` with ${libc}` : ''}, Node ${process.versions.node}`;
  const error = new Error(
    `partner-messaging has no binary that loads on this machine (${here}). ` +
      'Its binary is in a package of its own, partner-messaging-<platform>: install again without ' +
      '--omit=optional and without a lock file or node_modules from another platform, or install the ' +
      'tarball of this platform besides the main one. If there is none for this platform, build it from ' +
      'the sources with `npm run build`. The cause has the details.',
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
