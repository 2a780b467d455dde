'use strict';
// What calls come to, made from the addon's JSON. All of it is frozen; what is
// absent is `null`; amounts are exact decimal text.

const { native } = require('./native.cjs');

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

const masked = (recipient) => (recipient === null ? null : native().maskRecipient(recipient));

/** What `console.log` shows of a value: what JSON would. */
function shown(value, depth, options, inspect) {
  const { name } = value.constructor;
  return depth < 0 ? `[${name}]` : `${name} ${inspect(value.toJSON(), options)}`;
}

/** The service's word that it accepted a message. */
class Receipt {
  /** @private Receipts come from the addon. */
  constructor(facts) {
    this.messageId = facts[0];
    this.recipient = facts[1];
    this.channel = facts[2];
    this.status = facts[3];
    this.cost = facts[4];
    this.currency = facts[5];
    this.message = facts[6];
    this.attempts = facts[7];
    this.elapsed = facts[8];
    this.raw = facts[9];
    Object.freeze(this);
  }

  /** What may go into a log: the recipient masked, and without `raw`, which repeats it. */
  toJSON() {
    const { raw, ...rest } = this;
    return { ...rest, recipient: masked(this.recipient) };
  }

  [INSPECT](depth, options, inspect) {
    return shown(this, depth, options, inspect);
  }
}

/** A message as the service has it now. */
class MessageRecord {
  /** @private Records come from the addon. */
  constructor(facts) {
    this.messageId = facts.messageId;
    this.recipient = facts.recipient;
    this.channel = facts.channel;
    this.status = facts.status;
    this.cost = facts.cost;
    this.currency = facts.currency;
    this.createdAt = facts.createdAt;
    this.updatedAt = facts.updatedAt;
    this.raw = facts.raw;
    Object.freeze(this);
  }

  /** What may go into a log: the recipient masked, and without `raw`, which repeats it. */
  toJSON() {
    const { raw, ...rest } = this;
    return { ...rest, recipient: masked(this.recipient) };
  }

  [INSPECT](depth, options, inspect) {
    return shown(this, depth, options, inspect);
  }
}

/** One page of a list of messages. */
class Page {
  /** @private Pages come from the addon. */
  constructor(facts) {
    this.messages = Object.freeze(facts.messages.map((message) => new MessageRecord(message)));
    this.page = facts.page;
    this.limit = facts.limit;
    this.total = facts.total;
    this.totalPages = facts.totalPages;
    this.hasMore = facts.hasMore;
    this.raw = facts.raw;
    Object.freeze(this);
  }

  /** What may go into a log: the messages masked, and without `raw`, which repeats them. */
  toJSON() {
    const { raw, ...rest } = this;
    return { ...rest, messages: this.messages.map((message) => message.toJSON()) };
  }

  [INSPECT](depth, options, inspect) {
    return shown(this, depth, options, inspect);
  }
}

/** The steps of a fallback. */
const trailOf = (steps) => Object.freeze(steps.map(Object.freeze));

const fallbackReceipt = ([receipt, trail]) =>
  Object.freeze({ receipt: new Receipt(receipt), trail: trailOf(trail) });

/** The answer to any request; a header that came several times has its values joined, as in Fetch. */
function reply(facts) {
  const headers = {};
  for (const [name, value] of facts.headers) {
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  return Object.freeze({ ...facts, headers: Object.freeze(headers) });
}

module.exports = { Receipt, MessageRecord, Page, trailOf, fallbackReceipt, reply };
