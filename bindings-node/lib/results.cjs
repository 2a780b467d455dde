'use strict';
// The results of calls, made from the addon's JSON. All of it is frozen; what is
// absent is `null`; amounts are exact decimal text.

const fields = require('./fields.cjs');
const { native } = require('./native.cjs');

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

const masked = (recipient) => (recipient === null ? null : native().maskRecipient(recipient));

/** What calls result in; `console.log` shows what `toJSON` gives, which is safe to log. */
class Result {
  /** The recipient masked, and without `raw`, which repeats it. */
  toJSON() {
    const { raw, ...rest } = this;
    return { ...rest, recipient: masked(this.recipient) };
  }

  [INSPECT](depth, options, inspect) {
    const { name } = this.constructor;
    return depth < 0 ? `[${name}]` : `${name} ${inspect(this.toJSON(), options)}`;
  }
}

/** The service's confirmation that it accepted a message. */
class Receipt extends Result {
  /** @private Receipts come from the addon. */
  constructor(list) {
    super();
    fields.readReceipt(this, list);
    this.outcome = 'sent';
    Object.freeze(this);
  }
}

/** A message as the service has it now. */
class MessageRecord extends Result {
  /** @private Records come from the addon. */
  constructor(list) {
    super();
    fields.readMessageRecord(this, list);
    Object.freeze(this);
  }
}

/** One page of a list of messages. */
class Page extends Result {
  /** @private Pages come from the addon. */
  constructor(list) {
    super();
    fields.readPage(this, list);
    this.messages = Object.freeze(this.messages.map((message) => new MessageRecord(message)));
    Object.freeze(this);
  }

  /** The messages masked, and without `raw`, which repeats them. */
  toJSON() {
    const { raw, ...rest } = this;
    return { ...rest, messages: this.messages.map((message) => message.toJSON()) };
  }
}

/** The steps of a fallback. */
const trailOf = (steps) => Object.freeze(steps.map((step) => Object.freeze(fields.readFallbackStep({}, step))));

const fallbackReceipt = ([receipt, trail]) =>
  Object.freeze({ receipt: new Receipt(receipt), trail: trailOf(trail) });

const balance = (list) => Object.freeze(fields.readBalance({}, list));

const spending = (entries) => entries.map((entry) => Object.freeze(fields.readSpending({}, entry)));

const journalConflict = (list) => list && Object.freeze(fields.readJournalConflict({}, list));

function journalRecord(list) {
  const it = fields.readJournalRecord({}, list);
  it.conflict = journalConflict(it.conflict);
  return Object.freeze(it);
}

const journalRecords = (lists) => lists.map(journalRecord);

function journalSummary(list) {
  const it = fields.readJournalSummary({}, list);
  it.totals = Object.freeze(it.totals.map((total) => Object.freeze(fields.readJournalTotal({}, total))));
  return Object.freeze(it);
}

/** The answer to any request; a header that came several times has its values joined, as in Fetch. */
function reply(list) {
  const it = fields.readReply({}, list);
  const headers = {};
  for (const [name, value] of it.headers) {
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  it.headers = Object.freeze(headers);
  return Object.freeze(it);
}

module.exports = {
  Receipt,
  MessageRecord,
  Page,
  trailOf,
  fallbackReceipt,
  balance,
  spending,
  reply,
  journalRecord,
  journalRecords,
  journalSummary,
};
