'use strict';
// Listening to AbortSignals: one listener for each signal, however many calls
// share it, because Node warns of a leak from the eleventh on.

/** What to do for each signal that calls are waiting on. @type {WeakMap<object, Watch>} */
const watches = new WeakMap();

class Watch {
  #actions = new Set();
  #signal;
  #listener = () => {
    for (const action of this.#actions) action();
  };

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#listener);
    watches.set(signal, this);
  }

  add(action) {
    this.#actions.add(action);
  }

  remove(action) {
    this.#actions.delete(action);
    if (this.#actions.size > 0) return;
    this.#signal.removeEventListener('abort', this.#listener);
    watches.delete(this.#signal);
  }
}

/** Runs `action` when `signal` is aborted, or now if it is. Ends when the function it returns is called. */
function onAbort(signal, action) {
  if (signal.aborted) {
    action();
    return () => {};
  }
  const watch = watches.get(signal) ?? new Watch(signal);
  watch.add(action);
  return () => watch.remove(action);
}

module.exports = { onAbort };
