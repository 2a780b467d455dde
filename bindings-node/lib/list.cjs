'use strict';

const { native } = require('./native.cjs');
const { errorOf } = require('./errors.cjs');
const { Page } = require('./results.cjs');
const { filterOptions } = require('./options.cjs');

/** A list of messages. Each iteration begins at its first page; nothing is requested before. */
class MessageList {
  #filter;
  #next;

  /** @private Lists come from a client. `next` requests the next page of a pager. */
  constructor(filter, next) {
    this.#filter = filterOptions(filter);
    this.#next = next;
    // An unusable filter is reported at once, not by the first iteration.
    this.#pager();
  }

  async *pages() {
    const pager = this.#pager();
    for (let page = await this.#next(pager); page !== null; page = await this.#next(pager)) yield new Page(page);
  }

  async *[Symbol.asyncIterator]() {
    for await (const page of this.pages()) yield* page.messages;
  }

  #pager() {
    const opened = native().openPager(this.#filter);
    if (!(opened instanceof native().NativePager)) throw errorOf(opened);
    return opened;
  }
}

module.exports = { MessageList };
