'use strict';
// The base of all errors, and the one class that says more than its name.

const { ERROR } = require('./fields.cjs');

/** The fields that a class implies, for errors that are made by hand in tests. */
const IMPLIED = Symbol('implied');

/**
 * Base of all errors. What is absent is `null`; durations are milliseconds.
 * The arguments exist for tests that make errors of their own.
 */
class PartnerMessagingError extends Error {
  static [IMPLIED] = { kind: 'internal' };

  constructor(message, fields = {}) {
    super(message, 'cause' in fields ? { cause: fields.cause } : undefined);
    const implied = new.target[IMPLIED];
    for (const name of Object.keys(ERROR)) {
      this[name] = (fields[name] === undefined ? implied[name] : fields[name]) ?? ERROR[name];
    }
    // Only a fallback has one: in the logs of other calls it would be noise.
    Object.defineProperty(this, 'trail', { enumerable: this.trail.length > 0 });
    // So that what a server wrote does not end up in a log by accident.
    Object.defineProperty(this, 'body', { enumerable: false });
  }

  /** What is safe to log: neither the response's body nor the cause. */
  toJSON() {
    const { name, message } = this;
    const shown = { name, message };
    for (const field of Object.keys(ERROR)) shown[field] = this[field];
    delete shown.body;
    if (shown.trail.length === 0) delete shown.trail;
    return shown;
  }
}

class ConfigError extends PartnerMessagingError {
  static [IMPLIED] = { outcome: 'not_sent', kind: 'config' };

  constructor(message, fields) {
    super(message, fields);
    // There is no response and so no code of the service: this is Node's own for such an argument.
    this.code ??= 'ERR_INVALID_ARG_VALUE';
  }
}

module.exports = { IMPLIED, PartnerMessagingError, ConfigError };
