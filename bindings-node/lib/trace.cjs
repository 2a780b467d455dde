'use strict';
// Publishes calls as spans on Node's tracing channels, which performance monitors subscribe to.

const diagnostics = require('node:diagnostics_channel');
const { EnginePromise } = require('./call-queue.cjs');

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
   * Runs a call, and publishes its start and its end; the result that subscribers see
   * is what is safe to log.
   */
  async run(context, call) {
    let settle;
    const seen = new EnginePromise((resolve, reject) => (settle = { resolve, reject }));
    // Not the call's own promise: a second reader would cost its error the caller's stack.
    this.#tracing.tracePromise(() => seen, { call: this.#call, ...context }).catch(() => {});
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
