'use strict';

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

  // Errors are made in these methods' own frames, after the await: then their
  // stack has the caller's frames, which an error made by the addon would not have.
  async #send(message, options) {
    const { signal, call } = callOptions(options);
    const { json, flaw } = written(message);
    const ended = await this.#attempt(signal, true, (cancel) => this.#native.send(json, call, cancel));
    if (typeof ended === 'string') return new Receipt(JSON.parse(ended));
    throw failed(ended, signal, flaw);
  }

  async sendWithFallback(messages, options) {
    const { signal, call } = fallbackOptions(options);
    if (typeof messages?.[Symbol.iterator] !== 'function') throw configError('messages', 'must be an array of messages');
    const all = Array.from(messages, written);
    const flaw = all.find((message) => message.flaw !== undefined)?.flaw;
    const texts = all.map((message) => message.json);
    const ended = await this.#attempt(signal, true, (cancel) => this.#native.sendWithFallback(texts, call, cancel));
    if (typeof ended === 'string') return fallbackReceipt(JSON.parse(ended));
    throw failed(ended, signal, flaw);
  }

  async getMessage(messageId, options) {
    const { signal, call } = callOptions(options);
    const ended = await this.#attempt(signal, false, (cancel) => this.#native.getMessage(`${messageId}`, call, cancel));
    if (typeof ended === 'string') return new MessageRecord(JSON.parse(ended));
    throw failed(ended, signal);
  }

  async waitForStatus(messageId, options) {
    const { signal, call: { finalStatuses, ...call } = {} } = waitOptions(options);
    const begin = (cancel) => this.#native.waitForStatus(`${messageId}`, finalStatuses, call, cancel);
    const ended = await this.#attempt(signal, false, begin);
    if (typeof ended === 'string') return new MessageRecord(JSON.parse(ended));
    throw failed(ended, signal);
  }

  listMessages(filter = {}, options) {
    const { signal, call } = callOptions(options);
    return new MessageList(filter, async (pager) => {
      const ended = await this.#attempt(signal, false, (cancel) => this.#native.nextPage(pager, call, cancel));
      if (typeof ended === 'string') return JSON.parse(ended);
      throw failed(ended, signal);
    });
  }

  async getBalance(options) {
    const { signal, call } = callOptions(options);
    const ended = await this.#attempt(signal, false, (cancel) => this.#native.getBalance(call, cancel));
    if (typeof ended === 'string') return Object.freeze(JSON.parse(ended));
    throw failed(ended, signal);
  }

  async request(method, path, options) {
    const { signal, call: { query, json, idempotent, ...call } = {} } = requestOptions(options);
    const request = { method: `${method}`, path: `${path}`, query, json, idempotent };
    const changes = request.method !== 'GET';
    const ended = await this.#attempt(signal, changes, (cancel) => this.#native.request(request, call, cancel));
    if (typeof ended === 'string') return reply(JSON.parse(ended));
    throw failed(ended, signal);
  }

  spending() {
    return JSON.parse(this.#native.spending(false));
  }

  resetSpending() {
    return JSON.parse(this.#native.spending(true));
  }

  /**
   * Begins a call of the addon, and waits for what becomes of it. The core's
   * verdict stands in any case: an abort only asks for it early.
   */
  async #attempt(signal, changes, begin) {
    const watched = signal === undefined ? undefined : watch(signal);
    this.#events.listen();
    try {
      return await begin(watched?.handle);
    } catch (fault) {
      throw internalError(fault, changes);
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

/** The error of a call that failed; `flaw` is why a message could not be written. */
function failed(failure, signal, flaw) {
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
