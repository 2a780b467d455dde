'use strict';
// AbortSignals. One handle and one listener for each signal, however many calls
// share it: Node warns of a leak from the eleventh listener on.

const { native } = require('./native.cjs');

/** @type {WeakMap<object, Watch>} */
const watches = new WeakMap();

class Watch {
  /** Cancels, in the addon, the calls that it was passed to. */
  handle = new (native().CancelHandle)();
  #calls = 0;
  #signal;
  #listener = () => this.handle.cancel();

  constructor(signal) {
    this.#signal = signal;
    watches.set(signal, this);
  }

  begin() {
    if (this.#signal.aborted) this.handle.cancel();
    else if (this.#calls === 0) this.#signal.addEventListener('abort', this.#listener);
    this.#calls += 1;
  }

  end() {
    this.#calls -= 1;
    if (this.#calls === 0) this.#signal.removeEventListener('abort', this.#listener);
  }
}

/** Cancels a call when `signal` is aborted, at once if it already is; call `end` when the call has ended. */
function watch(signal) {
  const found = watches.get(signal) ?? new Watch(signal);
  found.begin();
  return found;
}

module.exports = { watch };
