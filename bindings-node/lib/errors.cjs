'use strict';
// The classes of errors. Their tree is the core's; a test compares the two.

const { trailOf } = require('./facts.cjs');
const { native } = require('./native.cjs');

/**
 * Base of all errors. What is absent is `null`; durations are milliseconds.
 * The arguments exist for tests that make errors of their own.
 */
class PartnerMessagingError extends Error {
  constructor(message, facts = {}) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.outcome = facts.outcome ?? null;
    this.kind = facts.kind ?? null;
    this.attempts = facts.attempts ?? 0;
    this.elapsed = facts.elapsed ?? 0;
    this.status = facts.status ?? null;
    this.code = facts.code ?? null;
    this.requestId = facts.requestId ?? null;
    this.retryAfter = facts.retryAfter ?? null;
    this.field = facts.field ?? null;
    // Only a fallback has one: in the logs of other calls it would be noise.
    const trail = facts.trail ?? [];
    Object.defineProperty(this, 'trail', { value: trail, enumerable: trail.length > 0, configurable: true, writable: true });
    // Not enumerable: what a server wrote has no place in a log by accident.
    Object.defineProperty(this, 'body', { value: facts.body ?? null, configurable: true, writable: true });
  }

  /** What may go into a log: neither the answer's body nor the cause. */
  toJSON() {
    const { name, message, outcome, kind, attempts, elapsed, status, code, requestId, retryAfter, field, trail } = this;
    const shown = { name, message, outcome, kind, attempts, elapsed, status, code, requestId, retryAfter, field };
    return trail.length > 0 ? { ...shown, trail } : shown;
  }
}

class ConfigError extends PartnerMessagingError {
  constructor(message, facts) {
    super(message, facts);
    // No answer, so no code of the service: what Node says of such an argument.
    this.code ??= 'ERR_INVALID_ARG_VALUE';
  }
}
class InvalidMessageError extends PartnerMessagingError {}
class TransportError extends PartnerMessagingError {}
class ApiError extends PartnerMessagingError {}
class OutcomeUnknownError extends PartnerMessagingError {}
class ProtocolError extends PartnerMessagingError {}

class InvalidRequestError extends ApiError {}
class ValidationError extends ApiError {}
class OrgNotFoundError extends ApiError {}
class OrgInactiveError extends ApiError {}
class AppNotFoundError extends ApiError {}
class AppInactiveError extends ApiError {}
class InsufficientCreditError extends ApiError {}
class ChannelConfigNotFoundError extends ApiError {}
class ChannelCredentialsNotFoundError extends ApiError {}
class MessageNotFoundError extends ApiError {}
class InvalidPaginationError extends ApiError {}
class AuthenticationError extends ApiError {}
class RateLimitError extends ApiError {}

const classes = {
  PartnerMessagingError,
  ConfigError,
  InvalidMessageError,
  TransportError,
  ApiError,
  OutcomeUnknownError,
  ProtocolError,
  InvalidRequestError,
  ValidationError,
  OrgNotFoundError,
  OrgInactiveError,
  AppNotFoundError,
  AppInactiveError,
  InsufficientCreditError,
  ChannelConfigNotFoundError,
  ChannelCredentialsNotFoundError,
  MessageNotFoundError,
  InvalidPaginationError,
  AuthenticationError,
  RateLimitError,
};

for (const [name, errorClass] of Object.entries(classes)) {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** The error that a failure of the addon stands for; its stack begins above `maker`. */
function errorOf(failure, maker = errorOf) {
  // A class that this file does not know would be a newer addon's: its base will do.
  const errorClass = classes[failure.className] ?? PartnerMessagingError;
  const trail = failure.trail ? trailOf(JSON.parse(failure.trail)) : [];
  const error = new errorClass(failure.message, { ...failure, trail });
  Error.captureStackTrace(error, maker);
  return error;
}

/** An option that can't be used; `problem` must not repeat the option's value. */
function configError(field, problem) {
  return errorOf(native().configFailure(field, problem));
}

/** A fault of the addon itself in the midst of a call: where the call changes something, it proves nothing. */
function internalError(cause, changes) {
  const facts = { kind: 'internal', cause };
  if (!changes) return new PartnerMessagingError('A fault inside this library. It is safe to ask again.', facts);
  const message =
    'A fault inside this library. The message may have been sent and may not: ' +
    'find out before sending it again, or it may go out twice.';
  return new OutcomeUnknownError(message, { ...facts, outcome: 'unknown' });
}

module.exports = { classes, errorOf, configError, internalError };
