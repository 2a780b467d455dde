'use strict';
// GENERATED from the core's public types by `cargo xtask generate`: change those.

const { IMPLIED, ConfigError, PartnerMessagingError } = require('./error.cjs');

class InvalidMessageError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'invalid_message', outcome: 'not_sent' };
}

class TransportError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'connect', outcome: 'not_sent' };
}

class SpendLimitError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'spend_limit', outcome: 'not_sent' };
}

class JournalError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'journal', outcome: 'not_sent' };
}

class ApiError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'api', outcome: 'rejected' };
}

class OutcomeUnknownError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'timeout', outcome: 'unknown' };
}

class ProtocolError extends PartnerMessagingError {
  static [IMPLIED] = { ...PartnerMessagingError[IMPLIED], kind: 'malformed' };
}

class InvalidRequestError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'INVALID_REQUEST' };
}

class ValidationError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'VALIDATION_ERROR' };
}

class OrgNotFoundError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'ORG_NOT_FOUND' };
}

class OrgInactiveError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'ORG_INACTIVE' };
}

class AppNotFoundError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'APP_NOT_FOUND' };
}

class AppInactiveError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'APP_INACTIVE' };
}

class InsufficientCreditError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'INSUFFICIENT_CREDIT' };
}

class ChannelConfigNotFoundError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'CHANNEL_CONFIG_NOT_FOUND' };
}

class ChannelCredentialsNotFoundError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'CHANNEL_CREDENTIALS_NOT_FOUND' };
}

class MessageNotFoundError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'MESSAGE_NOT_FOUND' };
}

class InvalidPaginationError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], code: 'INVALID_PAGINATION' };
}

class AuthenticationError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], status: 401 };
}

class RateLimitError extends ApiError {
  static [IMPLIED] = { ...ApiError[IMPLIED], status: 429 };
}

module.exports = {
  PartnerMessagingError,
  ConfigError,
  InvalidMessageError,
  TransportError,
  SpendLimitError,
  JournalError,
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
