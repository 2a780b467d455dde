'use strict';

const { callsOfThread } = require('./calls.cjs');
const { native } = require('./native.cjs');
const { configError, errorOf, internalError } = require('./errors.cjs');
const { Events } = require('./events.cjs');
const { callOptions, clientOptions, fallbackOptions, requestOptions, waitOptions } = require('./options.cjs');
const { MessageRecord, Receipt, fallbackReceipt, reply } = require('./facts.cjs');
const { MessageList } = require('./list.cjs');
const { watch } = require('./signal.cjs');
const { Trace } = require('./trace.cjs');

const sendTrace = new Trace('send');

class Client {
  #native;
  #calls;
  #events;

  constructor(options = {}) {
    const { onEvent, client } = clientOptions(options);
    this.#calls = callsOfThread();
    const opened = native().openClient(client, this.#calls.native);
    if (!(opened instanceof native().NativeClient)) throw errorOf(opened);
    this.#native = opened;
    this.#events = new Events(opened, onEvent);
  }

  send(message, options) {
    if (!sendTrace.wanted) return this.#send(message, options);
    return sendTrace.run({ channel: channelOf(message) }, () => this.#send(message, options));
  }

  // Errors are made in these methods' own frames, after the await: then their
  // stack has the caller's frames, which an error made by the addon would not have.
  async #send(message, options) {
    const { signal, call } = callOptions(options);
    const { json, flaw } = written(message);
    try {
      return new Receipt(await this.#made(signal, (number, cancel) => this.#native.send(number, json, call, cancel)));
    } catch (failure) {
      throw failed(failure, true, signal, flaw);
    }
  }

  async sendWithFallback(messages, options) {
    const { signal, call } = fallbackOptions(options);
    if (typeof messages?.[Symbol.iterator] !== 'function') throw configError('messages', 'must be an array of messages');
    const all = Array.from(messages, written);
    const flaw = all.find((message) => message.flaw !== undefined)?.flaw;
    const texts = all.map((message) => message.json);
    try {
      return fallbackReceipt(await this.#made(signal, (number, cancel) => this.#native.sendWithFallback(number, texts, call, cancel)));
    } catch (failure) {
      throw failed(failure, true, signal, flaw);
    }
  }

  async getMessage(messageId, options) {
    const { signal, call } = callOptions(options);
    const id = `${messageId}`;
    try {
      return new MessageRecord(await this.#made(signal, (number, cancel) => this.#native.getMessage(number, id, call, cancel)));
    } catch (failure) {
      throw failed(failure, false, signal);
    }
  }

  async waitForStatus(messageId, options) {
    const { signal, call: { finalStatuses, ...call } = {} } = waitOptions(options);
    const id = `${messageId}`;
    const begin = (number, cancel) => this.#native.waitForStatus(number, id, finalStatuses, call, cancel);
    try {
      return new MessageRecord(await this.#made(signal, begin));
    } catch (failure) {
      throw failed(failure, false, signal);
    }
  }

  listMessages(filter = {}, options) {
    const { signal, call } = callOptions(options);
    return new MessageList(filter, async (pager) => {
      try {
        return await this.#made(signal, (number, cancel) => this.#native.nextPage(number, pager, call, cancel));
      } catch (failure) {
        throw failed(failure, false, signal);
      }
    });
  }

  async getBalance(options) {
    const { signal, call } = callOptions(options);
    try {
      return Object.freeze(await this.#made(signal, (number, cancel) => this.#native.getBalance(number, call, cancel)));
    } catch (failure) {
      throw failed(failure, false, signal);
    }
  }

  async request(method, path, options) {
    const { signal, call: { query, json, idempotent, ...call } = {} } = requestOptions(options);
    const request = { method: `${method}`, path: `${path}`, query, json, idempotent };
    try {
      return reply(await this.#made(signal, (number, cancel) => this.#native.request(number, request, call, cancel)));
    } catch (failure) {
      throw failed(failure, request.method !== 'GET', signal);
    }
  }

  spending() {
    return JSON.parse(this.#native.spending(false));
  }

  resetSpending() {
    return JSON.parse(this.#native.spending(true));
  }

  /**
   * Begins a call of the addon, and tells what becomes of it. The core's verdict
   * stands in any case: an abort only asks for it early.
   */
  #made(signal, begin) {
    this.#events.listen();
    if (signal === undefined) return this.#calls.begin(begin, this.#events);
    const watched = watch(signal);
    const call = async () => this.#calls.begin((number) => begin(number, watched.handle), this.#events);
    return call().finally(() => watched.end());
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

/**
 * The error of a call that failed, and that `changes` something or does not;
 * `flaw` is why a message could not be written.
 */
function failed(failure, changes, signal, flaw) {
  // The addon's failures are plain; what it throws, and none at all, is a fault of its own.
  if (failure === null || failure instanceof Error) return internalError(failure, changes);
  if (flaw !== undefined && failure.className === 'InvalidMessageError') failure.cause = flaw;
  if (signal?.aborted && failure.kind === 'cancelled') failure.cause = signal.reason;
  return errorOf(failure, failed);
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
