'use strict';
// The errors of calls: a failure that the addon reports becomes one of the classes.

const classes = require('./error-classes.cjs');
const { CALL, CLIENT } = require('./fields.cjs');
const { native } = require('./native.cjs');
const { trailOf } = require('./results.cjs');

for (const [name, errorClass] of Object.entries(classes)) {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Fields that a failure leaves out are absent, whatever its class implies: a read has no outcome. */
const ABSENT = { outcome: null, status: null, code: null };

/** A name as the core has it, such as `ca_file`. */
const CORE_NAME = /\b[a-z]+(?:_[a-z]+)+\b/g;
const OPTIONS = new Set([...Object.keys(CLIENT), ...Object.keys(CALL), 'maxInFlight', 'maxUnknown']);

const optionName = (name) => {
  const own = name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return OPTIONS.has(own) ? own : name;
};

/**
 * The failure's text, with options called as they are here; the field at fault is already.
 * Neither the service's words are altered nor those on a journal, whose address has
 * parameters of such names.
 */
function textOf({ message, status, field, kind }) {
  if (typeof status === 'number' || field === 'journal' || kind === 'journal') return message;
  const start = field && message.startsWith(`${field}: `) ? field.length : 0;
  return message.slice(0, start) + message.slice(start).replace(CORE_NAME, optionName);
}

/** The error for a failure reported by the addon; its stack begins above `maker`. */
function errorOf(failure, maker = errorOf) {
  // A class that this file does not know comes from a newer addon.
  const errorClass = classes[failure.className] ?? classes.PartnerMessagingError;
  const trail = failure.trail ? trailOf(JSON.parse(failure.trail)) : [];
  const error = new errorClass(textOf(failure), { ...ABSENT, ...failure, trail });
  Error.captureStackTrace(error, maker);
  return error;
}

const withCause = (failure, cause) => (cause === undefined ? failure : { ...failure, cause });

/**
 * An option that can't be used, of a client or of a call with this `effect` (`read`,
 * `write` or `send`); `problem` must not repeat the option's value.
 */
function configError(field, problem, effect = 'send', cause) {
  return errorOf(withCause(native().configFailure(field, problem, effect), cause), configError);
}

/** A message that JSON can't express, at `index` of several; `problem` must not repeat a value. */
function invalidMessageError(field, problem, index, cause) {
  return errorOf(withCause(native().invalidMessageFailure(field, problem, index), cause), invalidMessageError);
}

/** A fault of the addon itself during a call: unless the call is a read, its outcome is unknown. */
function internalError(effect, cause, maker) {
  return errorOf(withCause(native().internalFailure(effect), cause ?? undefined), maker);
}

/** What a call ends in whose signal is aborted; the second while it waits for another with its key. */
const ENDED_BY_SIGNAL = ['cancelled', 'in_progress'];

/** The error of a call with an `effect` that failed. */
function errorOfCall(failure, effect, signal) {
  // The addon's failures are plain; what it throws, and none at all, is a fault of its own.
  if (failure === null || failure instanceof Error) return internalError(effect, failure, errorOfCall);
  if (signal?.aborted && ENDED_BY_SIGNAL.includes(failure.kind)) failure.cause = signal.reason;
  return errorOf(failure, errorOfCall);
}

module.exports = { errorOf, errorOfCall, configError, invalidMessageError };
