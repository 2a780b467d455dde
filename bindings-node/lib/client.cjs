'use strict';

const { native } = require('./native.cjs');
const { errorOf, internalError } = require('./errors.cjs');
const { Events } = require('./events.cjs');
const { callOptions, clientOptions } = require('./options.cjs');
const { Receipt } = require('./receipt.cjs');
const { watch } = require('./signal.cjs');
const { Trace } = require('./trace.cjs');

const sendTrace = new Trace('send');

class Client {
  #native;
  #events;

  constructor(options = {}) {
    const { onEvent, client } = clientOptions(options);
    const opened = native().openClient(client);
    if (!(opened instanceof native().NativeClient)) throw errorOf(opened);
    this.#native = opened;
    this.#events = new Events(opened, onEvent);
  }

  send(message, options) {
    if (!sendTrace.wanted) return this.#send(message, options);
    return sendTrace.run({ channel: channelOf(message) }, () => this.#send(message, options));
  }

  // Errors are made here, after the await: then their stack has the caller's
  // frames, which an error made by the addon would not have.
  async #send(message, options) {
    const { signal, call } = callOptions(options);
    const { json, flaw } = written(message);
    const ended = await this.#attempt(json, call, signal);
    if (typeof ended === 'string') return new Receipt(ended);
    if (flaw !== undefined && ended.className === 'InvalidMessageError') ended.cause = flaw;
    if (signal?.aborted && ended.kind === 'cancelled') ended.cause = signal.reason;
    throw errorOf(ended);
  }

  /** What became of the call. That verdict stands in any case: an abort only asks for it early. */
  async #attempt(json, call, signal) {
    const watched = signal === undefined ? undefined : watch(signal);
    this.#events.listen();
    try {
      return await this.#native.send(json, call, watched?.handle);
    } catch (fault) {
      throw internalError(fault);
    } finally {
      watched?.end();
      this.#events.deliver();
    }
  }

  async close() {
    this.#native.close();
  }
}

// Node 20 before 20.5 has no such symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(Client.prototype, Symbol.asyncDispose, {
    value: Client.prototype.close,
    configurable: true,
    writable: true,
  });
}

/** The channel for a trace, whatever the message is. */
function channelOf(message) {
  try {
    return typeof message.channel === 'string' ? message.channel : null;
  } catch {
    return null;
  }
}

/** The message as JSON; `undefined` when it can't be written, and why. */
function written(message) {
  try {
    // What JSON has no word for (undefined, a function) is refused by the core as no object.
    return { json: JSON.stringify(message) ?? '', flaw: undefined };
  } catch (flaw) {
    return { json: undefined, flaw };
  }
}

module.exports = { Client };
