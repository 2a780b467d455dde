'use strict';
// The calls under way in this thread. Those begun in one turn of the event loop are
// handed over together at its end, and those that ended are taken together: each
// crossing to the addon's own thread costs as much as a call itself.

const { native } = require('./native.cjs');

class Calls {
  /** The addon's side. */
  native = new (native().NativeCalls)(() => this.#settle());
  /**
   * What settles each call's promise, at the call's number. An array with places that
   * are used again: a `Map` that is added to and deleted from leaves tables behind that
   * keep settled calls alive through many collections.
   */
  #waiting = [];
  #free = [];
  #gathering = false;
  #make = () => {
    this.#gathering = false;
    this.native.make();
  };

  /**
   * Begins a call under a number, and tells what becomes of it: resolves with its facts,
   * rejects with its failure as the addon tells it, `null` for a fault of the addon
   * itself. `events` are delivered before.
   */
  begin(call, events) {
    const number = this.#free.at(-1) ?? this.#waiting.length;
    call(number);
    // Only now: what could not be begun leaves its number to the next one.
    this.#free.pop();
    if (!this.#gathering) {
      this.#gathering = true;
      queueMicrotask(this.#make);
    }
    return new Promise((resolve, reject) => {
      this.#waiting[number] = { resolve, reject, events };
    });
  }

  #settle() {
    const ended = JSON.parse(this.native.take());
    for (let at = 0; at < ended.length; at += 3) {
      const number = ended[at];
      const { resolve, reject, events } = this.#waiting[number];
      this.#waiting[number] = undefined;
      this.#free.push(number);
      events.deliver();
      if (ended[at + 1]) resolve(ended[at + 2]);
      else reject(ended[at + 2]);
    }
  }
}

let calls;

/** This thread's calls. */
function callsOfThread() {
  calls ??= new Calls();
  return calls;
}

module.exports = { callsOfThread };
