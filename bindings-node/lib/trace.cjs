'use strict';
// Calls as spans: Node's tracing channels, which its performance monitors subscribe to.

const diagnostics = require('node:diagnostics_channel');

class Trace {
  #call;
  #tracing;

  constructor(call) {
    this.#call = call;
    this.#tracing = diagnostics.tracingChannel(`partner-messaging:${call}`);
  }

  // The channel's own `hasSubscribers` is not in every Node 20.
  get wanted() {
    const { start, end, asyncStart, asyncEnd, error } = this.#tracing;
    return start.hasSubscribers || end.hasSubscribers || asyncStart.hasSubscribers || asyncEnd.hasSubscribers || error.hasSubscribers;
  }

  /**
   * Runs a call, and tells subscribers of its begin and its end; what they see as
   * its result is what may go into a log.
   */
  async run(facts, call) {
    let settle;
    const seen = new Promise((resolve, reject) => (settle = { resolve, reject }));
    // Not the call's own promise: with a second reader its error would lose the caller's stack.
    this.#tracing.tracePromise(() => seen, { call: this.#call, ...facts }).catch(() => {});
    try {
      const result = await call();
      settle.resolve(result.toJSON());
      return result;
    } catch (error) {
      settle.reject(error);
      throw error;
    }
  }
}

module.exports = { Trace };
