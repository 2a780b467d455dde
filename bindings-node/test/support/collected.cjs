'use strict';
// Loads the package anew in a context of its own, COUNT times, as test runners do for
// each test file, and uses it in the way MODE. Then writes how many contexts, clients
// and callbacks were collected, and the heap on the way:
// `node --expose-gc collected.cjs MODE COUNT`.

const { AsyncLocalStorage } = require('node:async_hooks');
const { readFileSync, readdirSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, resolve } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const vm = require('node:vm');

const [mode, count] = [process.argv[2], Number(process.argv[3])];
const folder = resolve(__dirname, '..', '..');
const sms = { channel: 'SMS', to: '+6591234567', content: 'Hello' };

/** The package's own files in the context, everything else from outside; as jest does it. */
function load(context, file, loaded = new Map()) {
  if (loaded.has(file)) return loaded.get(file).exports;
  const module = { exports: {} };
  loaded.set(file, module);
  const outside = createRequire(file);
  const inside = (name) => {
    const path = outside.resolve(name);
    return /[\\/]lib[\\/][^\\/]+\.cjs$|index\.cjs$|testing\.cjs$/.test(path) ? load(context, path, loaded) : outside(path);
  };
  const wrapped = `(function (module, exports, require, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  vm.runInContext(wrapped, context, { filename: file })(module, module.exports, inside, file, dirname(file));
  return module.exports;
}

const collected = { contexts: 0, clients: 0, callbacks: 0 };
const registry = new FinalizationRegistry((what) => (collected[what] += 1));

const ways = {
  'a client that is closed': async ({ Client }, onEvent) => {
    const client = new Client({ onEvent });
    await client.send(sms);
    await client.close();
    return client;
  },
  'a client that is left': async ({ Client }, onEvent) => {
    const client = new Client({ onEvent });
    await Promise.all([client.send(sms), client.getBalance(), client.send({}).catch(() => {})]);
    return client;
  },
  'a client whose call is aborted': async ({ Client }, onEvent) => {
    const client = new Client({ onEvent });
    await client.send(sms, { signal: AbortSignal.abort() }).catch(() => {});
    return client;
  },
  'a run that is left': async ({ Client }, onEvent) => {
    const client = new Client({ onEvent });
    await client.sendMany(Array(1000).fill(sms)).next();
    return client;
  },
  'a sandbox that is left': async ({ Sandbox }, onEvent) => {
    const sandbox = await Sandbox.start();
    const client = sandbox.client({ onEvent });
    await client.send(sms);
    return client;
  },
};

/** What a test runner notes for the time of a test, and a web server for that of a request. */
const storage = new AsyncLocalStorage();

async function file() {
  const context = vm.createContext({ process });
  const loaded = new Map();
  const api = { ...load(context, resolve(folder, 'index.cjs'), loaded), ...load(context, resolve(folder, 'testing.cjs'), loaded) };
  // What a test file holds on to.
  const onEvent = vm.runInContext('globalThis.held = new Array(1 << 17).fill(0.5); () => held.length', context);
  const client = await storage.run({ context, loaded }, () => ways[mode](api, onEvent));
  registry.register(context, 'contexts');
  registry.register(client, 'clients');
  registry.register(onEvent, 'callbacks');
}

/** Collects until it is true, or will not be. */
async function collect(isTrue) {
  for (let i = 0; i < 1000; i += 1) {
    globalThis.gc();
    await sleep(5); // finalizers
    if (isTrue()) return;
  }
}

const descriptors = () => readdirSync('/proc/self/fd').length;

async function main() {
  const heap = [];
  for (let n = 0; n < count; n += 1) {
    await file();
    await collect(() => collected.contexts >= n - 1);
    heap.push(process.memoryUsage().heapUsed);
  }
  await collect(() => Object.values(collected).every((number) => number >= count - 1) && descriptors() < 40);
  console.log(JSON.stringify({ collected, heap, sockets: descriptors() }));
}
main();
