'use strict';

const { native } = require('./native.cjs');

/** The service's word that it accepted a message. Frozen; what is absent is `null`. */
class Receipt {
  /** @private Receipts come from the addon, as JSON. */
  constructor(json) {
    const facts = JSON.parse(json);
    this.messageId = facts.messageId;
    this.recipient = facts.recipient;
    this.channel = facts.channel;
    this.status = facts.status;
    this.cost = facts.cost;
    this.currency = facts.currency;
    this.message = facts.message;
    this.attempts = facts.attempts;
    this.elapsed = facts.elapsed;
    this.raw = facts.raw;
    Object.freeze(this);
  }

  /** What may go into a log: the recipient masked, and without `raw`, which repeats it. */
  toJSON() {
    const { raw, ...shown } = this;
    return { ...shown, recipient: this.recipient === null ? null : native().maskRecipient(this.recipient) };
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    return depth < 0 ? '[Receipt]' : `Receipt ${inspect(this.toJSON(), options)}`;
  }
}

module.exports = { Receipt };
