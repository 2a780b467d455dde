'use strict';
// Journals: what became of the message under a key.

const { callQueue } = require('./call-queue.cjs');
const { native } = require('./native.cjs');
const { configError, errorOf, errorOfCall } = require('./errors.cjs');
const { JOURNAL, keyArgument, momentArgument, recordsOptions, resolutionOptions, stringArgument } = require('./options.cjs');
const problems = require('./problems.cjs');
const { journalRecord, journalRecords, journalSummary } = require('./results.cjs');

/** By which a client looks up what became of a journal's messages. */
const RECONCILE = Symbol('reconcile');

class Journal {
  #native;
  #queue;

  constructor(pathOrUrl) {
    const place = stringArgument('send', 'journal', pathOrUrl);
    this.#queue = callQueue();
    const opened = native().openJournal(place, this.#queue.native);
    if (!(opened instanceof native().NativeJournal)) throw errorOf(opened);
    this.#native = opened;
  }

  async get(key) {
    const it = Journal.#check(this, 'get');
    const text = keyArgument('read', key);
    try {
      const record = await this.#queue.push((number) => it.get(number, text));
      return record && journalRecord(record);
    } catch (failure) {
      throw errorOfCall(failure, 'read');
    }
  }

  records(options) {
    const it = Journal.#check(this, 'records');
    const { outcome } = recordsOptions(options);
    return new JournalRecords(async (after) => {
      try {
        return journalRecords(await this.#queue.push((number) => it.nextRecords(number, outcome, after)));
      } catch (failure) {
        throw errorOfCall(failure, 'read');
      }
    });
  }

  async summary() {
    const it = Journal.#check(this, 'summary');
    try {
      return journalSummary(await this.#queue.push((number) => it.summary(number)));
    } catch (failure) {
      throw errorOfCall(failure, 'read');
    }
  }

  async resolve(key, outcome, options) {
    const it = Journal.#check(this, 'resolve');
    const text = keyArgument('read', key);
    const word = stringArgument('read', 'outcome', outcome);
    const { messageId } = resolutionOptions(options);
    try {
      return journalRecord(await this.#queue.push((number) => it.resolve(number, text, word, messageId)));
    } catch (failure) {
      throw errorOfCall(failure, 'read');
    }
  }

  async reconcile(client, messages, options) {
    const it = Journal.#check(this, 'reconcile');
    if (typeof client?.[RECONCILE] !== 'function') throw configError('client', problems.client, 'read');
    return client[RECONCILE](it, messages, options);
  }

  async purge(before) {
    const it = Journal.#check(this, 'purge');
    const moment = momentArgument('read', 'before', before);
    try {
      return await this.#queue.push((number) => it.purge(number, moment));
    } catch (failure) {
      throw errorOfCall(failure, 'read');
    }
  }

  async close() {
    const it = Journal.#check(this, 'close');
    try {
      await this.#queue.push((number) => it.close(number));
    } catch (failure) {
      throw errorOfCall(failure, 'read');
    }
  }

  /** @private For a client's option. */
  get [JOURNAL]() {
    return #native in this ? this.#native : undefined;
  }

  /** The addon's own; refuses a method that was taken off its journal, or is called on a proxy of it. */
  static #check(journal, method) {
    if (typeof journal === 'object' && journal !== null && #native in journal) return journal.#native;
    throw configError(method, problems.offJournal(method), 'read');
  }
}

/** Records in the order of their keys. Each iteration begins at the first; they are read as they are needed. */
class JournalRecords {
  #next;

  /** @private Records come from a journal. `next` reads those after a key. */
  constructor(next) {
    this.#next = next;
  }

  async *[Symbol.asyncIterator]() {
    for (let page = await this.#next(); page.length > 0; page = await this.#next(page.at(-1).key)) yield* page;
  }
}

// Node 20 before 20.5 has no such symbol.
if (Symbol.asyncDispose) {
  Object.defineProperty(Journal.prototype, Symbol.asyncDispose, {
    value: Journal.prototype.close,
    configurable: true,
    writable: true,
  });
}

module.exports = { Journal, RECONCILE };
