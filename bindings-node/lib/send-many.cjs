'use strict';
// Sending many messages: an async iterator over what became of them.

const { EnginePromise } = require('./call-queue.cjs');
const { native } = require('./native.cjs');
const { configError, errorOf, errorOfCall } = require('./errors.cjs');
const { isKey } = require('./options.cjs');
const problems = require('./problems.cjs');
const { Receipt } = require('./results.cjs');

/** What became of one message. */
function batchResult([index, key, outcome, receipt, failure]) {
  const error = failure === null ? null : errorOf(failure);
  return Object.freeze({ index, key, outcome, receipt: receipt && new Receipt(receipt), error });
}

/** The sums of a run. */
function batchSummary(json) {
  const summary = JSON.parse(json);
  summary.cost = Object.freeze(Object.fromEntries(summary.cost));
  return Object.freeze(summary);
}

/** The iterator of an array, an iterable, an async iterable or a stream; `undefined` for anything else. */
function iteratorOf(messages) {
  if (typeof messages !== 'object' || messages === null) return undefined;
  const begin = messages[Symbol.asyncIterator] ?? messages[Symbol.iterator];
  return typeof begin === 'function' ? begin.call(messages) : undefined;
}

class SendMany {
  #batch;
  #queue;
  #source;
  #write;
  #onProgress;
  #signal;
  #aborted = () => this.#batch.close();
  #pump;
  #ended = false;
  #failures = [];
  #buffered = [];
  #fetching;
  #onTaken;

  /** @private Runs come from a client. `write` makes JSON of a message, or tells what is wrong. */
  constructor(batch, queue, messages, { write, signal, onProgress }) {
    const source = iteratorOf(messages);
    if (source === undefined) {
      throw configError('messages', problems.streamOfMessages);
    }
    this.#batch = batch;
    this.#queue = queue;
    this.#source = source;
    this.#write = write;
    this.#onProgress = onProgress;
    this.#signal = signal;
    if (signal?.aborted) batch.close();
    else signal?.addEventListener('abort', this.#aborted);
  }

  get summary() {
    return batchSummary(this.#batch.summary());
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async next() {
    this.#pump ??= this.#take();
    while (this.#buffered.length === 0 && !this.#ended) await this.#fetch();
    if (this.#buffered.length > 0) return { done: false, value: batchResult(this.#buffered.shift()) };
    if (this.#failures.length > 0) throw this.#failures.shift();
    return { done: true, value: undefined };
  }

  async return(value) {
    await this.close();
    return { done: true, value };
  }

  async close() {
    this.#batch.close();
    while (!this.#ended) await this.#fetch();
  }

  /** Takes messages from the source as long as there is room. */
  async #take() {
    try {
      while (await this.#hasRoom()) {
        const next = await this.#source.next();
        if (next.done) break;
        this.#offer(next.value);
      }
    } catch (failure) {
      // It is thrown when what is in flight has ended.
      this.#failures.push(failure);
    } finally {
      this.#batch.finish();
    }
  }

  async #hasRoom() {
    for (;;) {
      const room = this.#batch.roomNow() ?? (await this.#queue.push((number) => this.#batch.room(number)));
      if (room !== null) return room;
      // The addon waits for calls alone: a run that nobody reads any more keeps no process
      // alive, and is collected. Meanwhile there may be room.
      if (this.#batch.roomNow() === null) await new EnginePromise((resolve) => (this.#onTaken = resolve));
    }
  }

  #offer(item) {
    const [key, message] = Array.isArray(item) && item.length === 2 ? item : [undefined, item];
    // What is wrong with a message or its key is its result.
    if (key !== undefined && key !== null && !isKey(key)) {
      this.#batch.offerInvalid(undefined, 'key', problems.key);
      return;
    }
    const { json, field, problem } = this.#write(message);
    if (json === undefined) this.#batch.offerInvalid(key ?? undefined, field, problem);
    else this.#batch.offer(key ?? undefined, json);
  }

  /** Waits for results; several at a time wait for the same ones. */
  #fetch() {
    this.#fetching ??= this.#results().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #results() {
    let results;
    try {
      results = await this.#queue.push((number) => this.#batch.results(number));
      this.#buffered.push(...results);
    } catch (failure) {
      this.#failures.unshift(errorOfCall(failure, 'send', undefined));
      results = [];
    }
    if (results.length === 0) this.#end();
    this.#onTaken?.();
    const progress = this.#onProgress && this.#batch.progress();
    if (progress) this.#onProgress(batchSummary(progress));
  }

  #end() {
    this.#ended = true;
    this.#signal?.removeEventListener('abort', this.#aborted);
    if (this.#signal?.aborted) this.#failures.push(this.#signal.reason);
    // A source that still waits is told that nothing more is wanted; nobody waits for it.
    this.#leave();
  }

  async #leave() {
    try {
      await this.#source.return?.();
    } catch {
      // What it throws as it is left changes nothing.
    }
  }
}

if (Symbol.asyncDispose) {
  Object.defineProperty(SendMany.prototype, Symbol.asyncDispose, {
    value: SendMany.prototype.close,
    configurable: true,
    writable: true,
  });
}

/** Begins a run of a native client; `options` are checked. */
function sendMany(client, queue, messages, { signal, onProgress, ...options }, write) {
  const batch = native().openBatch(client, { ...options, onProgress: onProgress !== undefined });
  if (!(batch instanceof native().NativeBatch)) throw errorOf(batch);
  return new SendMany(batch, queue, messages, { write, signal, onProgress });
}

module.exports = { sendMany };
