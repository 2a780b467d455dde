'use strict';

const { callQueue } = require('./call-queue.cjs');
const { native } = require('./native.cjs');
const { configError, errorOf, errorOfCall, invalidMessageError } = require('./errors.cjs');
const { Events } = require('./events.cjs');
const { SerializeError, nameOf, serialize } = require('./json.cjs');
const { RECONCILE } = require('./journal.cjs');
const { MessageList } = require('./list.cjs');
const { callOptions, clientOptions, fallbackOptions, keyArgument, requestOptions, sendManyOptions, stringArgument, waitOptions } = require('./options.cjs');
const problems = require('./problems.cjs');
const { MessageRecord, Receipt, balance, fallbackReceipt, journalRecords, reply, spending } = require('./results.cjs');
const { sendMany } = require('./send-many.cjs');
const { watch } = require('./signal.cjs');
const { Trace } = require('./trace.cjs');

const sendTrace = new Trace('send');

class Client {
  #native;
  #queue;
  #events;

  constructor(options = {}) {
    const { onEvent, journal, client, environment } = clientOptions(options);
    this.#queue = callQueue();
    const number = this.#queue.addClient();
    const [open, own] = typeof journal === 'string' ? [undefined, journal] : [journal, undefined];
    const opened = native().openClient(client, environment, this.#queue.native, number, open, own);
    if (!(opened instanceof native().NativeClient)) throw errorOf(opened);
    this.#native = opened;
    this.#events = new Events(this.#queue, number, opened, onEvent);
  }

  send(message, options) {
    if (!sendTrace.wanted) return Client.#send(this, message, options);
    return sendTrace.run({ channel: channelOf(message) }, () => Client.#send(this, message, options));
  }

  // Errors are made in these methods' own frames, after the await: then their
  // stack has the caller's frames, which an error made by the addon would not have.
  static async #send(client, message, options) {
    Client.#check(client, 'send');
    const json = messageJson(message);
    const { signal, call } = callOptions('send', options);
    try {
      return new Receipt(await client.#call(signal, (number, cancel) => client.#native.send(number, json, call, cancel)));
    } catch (failure) {
      throw errorOfCall(failure, 'send', signal);
    }
  }

  async sendWithFallback(messages, options) {
    Client.#check(this, 'sendWithFallback');
    if (typeof messages?.[Symbol.iterator] !== 'function') throw configError('messages', problems.messages);
    const texts = Array.from(messages, messageJson);
    const { signal, call } = fallbackOptions('send', options);
    try {
      return fallbackReceipt(await this.#call(signal, (number, cancel) => this.#native.sendWithFallback(number, texts, call, cancel)));
    } catch (failure) {
      throw errorOfCall(failure, 'send', signal);
    }
  }

  sendMany(messages, options) {
    Client.#check(this, 'sendMany');
    return sendMany(this.#native, this.#queue, messages, sendManyOptions(options), writeMessage);
  }

  async getMessage(messageId, options) {
    Client.#check(this, 'getMessage');
    const id = stringArgument('read', 'messageId', messageId);
    const { signal, call } = callOptions('read', options);
    try {
      return new MessageRecord(await this.#call(signal, (number, cancel) => this.#native.getMessage(number, id, call, cancel)));
    } catch (failure) {
      throw errorOfCall(failure, 'read', signal);
    }
  }

  async waitForStatus(messageId, options) {
    Client.#check(this, 'waitForStatus');
    const id = stringArgument('read', 'messageId', messageId);
    const { signal, call: { finalStatuses, ...call } = {} } = waitOptions('read', options);
    const push = (number, cancel) => this.#native.waitForStatus(number, id, finalStatuses, call, cancel);
    try {
      return new MessageRecord(await this.#call(signal, push));
    } catch (failure) {
      throw errorOfCall(failure, 'read', signal);
    }
  }

  listMessages(filter = {}, options) {
    Client.#check(this, 'listMessages');
    const { signal, call } = callOptions('read', options);
    return new MessageList(filter, async (pager) => {
      try {
        return await this.#call(signal, (number, cancel) => this.#native.nextPage(number, pager, call, cancel));
      } catch (failure) {
        throw errorOfCall(failure, 'read', signal);
      }
    });
  }

  async getBalance(options) {
    Client.#check(this, 'getBalance');
    const { signal, call } = callOptions('read', options);
    try {
      return balance(await this.#call(signal, (number, cancel) => this.#native.getBalance(number, call, cancel)));
    } catch (failure) {
      throw errorOfCall(failure, 'read', signal);
    }
  }

  async request(method, path, options) {
    Client.#check(this, 'request');
    // What is no string is refused below.
    const effect = native().requestEffect(typeof method === 'string' ? method : '');
    const target = { method: stringArgument(effect, 'method', method), path: stringArgument(effect, 'path', path) };
    const { signal, call: { query, json, idempotent, ...call } = {} } = requestOptions(effect, options);
    const request = { ...target, query, json, idempotent };
    try {
      return reply(await this.#call(signal, (number, cancel) => this.#native.request(number, request, call, cancel)));
    } catch (failure) {
      throw errorOfCall(failure, effect, signal);
    }
  }

  spending() {
    Client.#check(this, 'spending');
    return spending(JSON.parse(this.#native.spending(false)));
  }

  resetSpending() {
    Client.#check(this, 'resetSpending');
    return spending(JSON.parse(this.#native.spending(true)));
  }

  async close() {
    Client.#check(this, 'close');
    this.#native.close();
  }

  /** For a journal, which has checked that it is called on a client. */
  async [RECONCILE](journal, messages, options) {
    const refused = () => configError('messages', problems.keyedMessages, 'read');
    if (typeof messages?.[Symbol.iterator] !== 'function') throw refused();
    const pairs = Array.from(messages);
    if (!pairs.every(Array.isArray)) throw refused();
    const keys = pairs.map(([key]) => keyArgument('read', key));
    const texts = pairs.map(([, message], index) => messageJson(message, index));
    const { signal, call } = callOptions('read', options);
    try {
      return journalRecords(await this.#call(signal, (number, cancel) => this.#native.reconcile(number, journal, keys, texts, call, cancel)));
    } catch (failure) {
      throw errorOfCall(failure, 'read', signal);
    }
  }

  /**
   * Makes a call of the addon; resolves and rejects as {@link CallQueue.push} does. An
   * abort ends the call early; its outcome is the core's in any case.
   */
  #call(signal, push) {
    const events = this.#events.listen();
    if (signal === undefined) return this.#queue.push(push, events);
    const watched = watch(signal);
    const call = async () => this.#queue.push((number) => push(number, watched.handle), events);
    return call().finally(() => watched.end());
  }

  /** Refuses a method that was taken off its client, or is called on a proxy of it. */
  static #check(client, method) {
    if (typeof client === 'object' && client !== null && #native in client) return;
    throw configError(method, problems.offClient(method));
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

/** A message as JSON, or the `field` that can't be written so, and the `problem` with it. */
function writeMessage(message) {
  try {
    if (typeof message !== 'object' || message === null || Array.isArray(message)) {
      return { field: 'message', problem: problems.message(nameOf(message)) };
    }
    return { json: serialize(message) };
  } catch (error) {
    // What is no such error is of a proxy that was revoked.
    const { path, message: problem, cause } = error instanceof SerializeError ? error : new SerializeError('', 'must be an object', error);
    return { field: path || 'message', problem, cause };
  }
}

/** A message as JSON; `index` is its place among several. */
function messageJson(message, index) {
  const { json, field, problem, cause } = writeMessage(message);
  if (json === undefined) throw invalidMessageError(field, problem, index, cause);
  return json;
}

module.exports = { Client };
