'use strict';
// The calls in flight in this thread. Those queued in one turn of the event loop are
// submitted together at its end, and those that completed are taken together: each
// crossing to the addon's own thread costs as much as a call itself.

const { native } = require('./native.cjs');

/**
 * The engine's own `Promise`, and its own queue of microtasks, which `await` uses: test
 * tools and polyfills replace the global `Promise` and `queueMicrotask`.
 */
const { constructor: EnginePromise } = (async () => {})();

class CallQueue {
  /** The addon's side. */
  native = new (native().NativeCallQueue)();
  /**
   * What settles each call's promise, at the call's number. An array with places that
   * are used again: a `Map` that is added to and deleted from leaves tables behind that
   * keep settled calls alive through many collections.
   */
  #pending = [];
  #free = [];
  #submitting = false;
  #clients = 0;
  /** By client: whose events are delivered, and how many of its calls are pending. */
  #listeners = new Map();
  #onCompleted = () => this.#settle();

  /** A number for a client, under which its events come. */
  addClient() {
    this.#clients += 1;
    return this.#clients;
  }

  /**
   * Queues a call under a number. The promise resolves with its result, or rejects with
   * its failure as the addon reports it, `null` for a fault of the addon itself.
   * `events`, if given, are delivered before.
   */
  push(call, events) {
    const number = this.#free.at(-1) ?? this.#pending.length;
    call(number);
    // Only now: what could not be queued leaves its number to the next one.
    this.#free.pop();
    if (events !== undefined) this.#listen(events);
    if (!this.#submitting) {
      this.#submitting = true;
      this.#submitSoon();
    }
    return new EnginePromise((resolve, reject) => {
      this.#pending[number] = { resolve, reject, events };
    });
  }

  /** At the end of this turn, without a global that test tools replace. */
  async #submitSoon() {
    await undefined;
    this.#submitting = false;
    this.native.submit(this.#onCompleted);
  }

  #settle() {
    const completed = JSON.parse(this.native.takeCompleted());
    for (let at = 0; at < completed.length; at += 3) {
      const number = completed[at];
      const succeeded = completed[at + 1];
      const value = completed[at + 2];
      if (succeeded === null) {
        this.#listeners.get(number)?.events.deliver(value);
        continue;
      }
      const { resolve, reject, events } = this.#pending[number];
      this.#pending[number] = undefined;
      this.#free.push(number);
      if (events !== undefined) this.#unlisten(events);
      if (succeeded) resolve(value);
      else reject(value);
    }
  }

  #listen(events) {
    const listener = this.#listeners.get(events.client);
    if (listener === undefined) this.#listeners.set(events.client, { events, calls: 1 });
    else listener.calls += 1;
  }

  /** A client without pending calls is no longer referenced here, so that it can be collected. */
  #unlisten(events) {
    const listener = this.#listeners.get(events.client);
    listener.calls -= 1;
    if (listener.calls === 0) this.#listeners.delete(events.client);
  }
}

let queue;

/** This thread's queue. */
function callQueue() {
  queue ??= new CallQueue();
  return queue;
}

module.exports = { EnginePromise, callQueue };
