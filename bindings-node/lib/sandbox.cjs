'use strict';

const process = require('node:process');

const { native } = require('./native.cjs');
const { Client } = require('./client.cjs');

/** The sandbox can't carry out a command. */
class SandboxError extends Error {
  constructor(problem, field = null) {
    super(problem);
    this.field = field;
  }
}
Object.defineProperty(SandboxError.prototype, 'name', { value: 'SandboxError', configurable: true, writable: true });

/** The sandbox's own names are in snake_case; what lies deeper is data. */
function snakeCased(object) {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return object;
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [snake(name), value]));
}

/** The thread's environment decides how the inbox is shown, if the configuration does not. */
function withInbox(config) {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return config;
  return { ...config, inbox: config.inbox ?? (process.env.PARTNER_MESSAGING_INBOX || 'off') };
}

/** A test that keeps only the URL still needs the server. */
const running = new Set();

const ALLOW = 'PARTNER_MESSAGING_ALLOW';
let allowSet = false;

/**
 * While a sandbox runs, no client of this thread may leave the machine, so that no test
 * sends for money: tools that block the network don't see native clients. Whoever has set
 * the variable, be it to nothing, has decided.
 */
function started(sandbox) {
  running.add(sandbox);
  if (process.env[ALLOW] !== undefined) return;
  process.env[ALLOW] = 'loopback';
  allowSet = true;
}

/** Makes a client that may leave the machine. */
function withoutLimit(make) {
  if (!allowSet) return make();
  delete process.env[ALLOW];
  try {
    return make();
  } finally {
    process.env[ALLOW] = 'loopback';
  }
}

function stopped(sandbox) {
  running.delete(sandbox);
  if (running.size > 0 || !allowSet) return;
  delete process.env[ALLOW];
  allowSet = false;
}

class Sandbox {
  #native;
  #url;
  #apiKey;

  /** @private Use `Sandbox.start`. */
  constructor(opened) {
    if (!(opened instanceof native().NativeSandbox)) {
      throw new TypeError('a sandbox is made by Sandbox.start()');
    }
    this.#native = opened;
    this.#url = opened.url;
    this.#apiKey = opened.apiKey;
  }

  static async start(config = {}) {
    const opened = native().startSandbox(JSON.stringify(withInbox(snakeCased(config))) ?? '');
    if (!(opened instanceof native().NativeSandbox)) throw new SandboxError(opened.problem, opened.field);
    const sandbox = new Sandbox(opened);
    started(sandbox);
    return sandbox;
  }

  get url() {
    return this.#url;
  }

  get inboxUrl() {
    return `${this.#url}/`;
  }

  get apiKey() {
    return this.#apiKey;
  }

  get requests() {
    return this.#control({ op: 'requests' }).map(({ http_version: httpVersion, ...request }) => ({
      ...request,
      httpVersion,
    }));
  }

  get messages() {
    return this.#control({ op: 'messages' });
  }

  get state() {
    return this.#control({ op: 'state' });
  }

  setState(patch) {
    this.#control({ op: 'set_state', state: patch });
  }

  pushFault(fault) {
    this.#control({ op: 'push_fault', fault: snakeCased(fault) });
  }

  setFault(fault) {
    this.#control({ op: 'set_fault', fault: snakeCased(fault) });
  }

  clearRequests() {
    this.#control({ op: 'clear_requests' });
  }

  reset() {
    this.#control({ op: 'reset' });
  }

  client(options = {}) {
    const { apiKey, baseUrl = this.#url } = options;
    if (apiKey !== undefined) return new Client({ ...options, baseUrl });
    // The sandbox's key is worth nothing elsewhere, so a test may try other addresses with it.
    return withoutLimit(() => new Client({ ...options, apiKey: this.#apiKey, baseUrl }));
  }

  async stop() {
    stopped(this);
    await this.#native.stop();
  }

  #control(command) {
    const reply = this.#native.control(JSON.stringify(command));
    if (typeof reply !== 'string') throw new SandboxError(reply.problem, reply.field);
    return JSON.parse(reply);
  }
}

// Node 20 before 20.5 has no such symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(Sandbox.prototype, Symbol.asyncDispose, {
    value: Sandbox.prototype.stop,
    configurable: true,
    writable: true,
  });
}

module.exports = { Sandbox, SandboxError };
