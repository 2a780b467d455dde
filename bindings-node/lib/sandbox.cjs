'use strict';

const { native } = require('./native.cjs');
const { Client } = require('./client.cjs');

/** The sandbox can't do what it was told. */
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

/** A test that keeps only the URL still needs the server. */
const running = new Set();

class Sandbox {
  #native;
  #url;
  #apiKey;

  /** @private Use `Sandbox.start`. */
  constructor(started) {
    if (!(started instanceof native().NativeSandbox)) {
      throw new TypeError('a sandbox is made by Sandbox.start()');
    }
    this.#native = started;
    this.#url = started.url;
    this.#apiKey = started.apiKey;
  }

  static async start(config = {}) {
    const started = native().startSandbox(JSON.stringify(snakeCased(config)) ?? '');
    if (!(started instanceof native().NativeSandbox)) throw new SandboxError(started.problem, started.field);
    const sandbox = new Sandbox(started);
    running.add(sandbox);
    return sandbox;
  }

  get url() {
    return this.#url;
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
    return new Client({ apiKey: this.#apiKey, baseUrl: this.#url, ...options });
  }

  async stop() {
    running.delete(this);
    await this.#native.stop();
  }

  #control(command) {
    const answer = this.#native.control(JSON.stringify(command));
    if (typeof answer !== 'string') throw new SandboxError(answer.problem, answer.field);
    return JSON.parse(answer);
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
