'use strict';
// GENERATED from the core's public types by `cargo xtask generate`: change those.

const { Client } = require('./lib/client.cjs');
const classes = require('./lib/error-classes.cjs');
const { Journal } = require('./lib/journal.cjs');
const { MessageRecord, Page, Receipt } = require('./lib/results.cjs');

// One by one, so that Node finds the names when an ES module imports this file.
module.exports = {
  Client,
  Journal,
  MessageRecord,
  Page,
  Receipt,
  PartnerMessagingError: classes.PartnerMessagingError,
  ConfigError: classes.ConfigError,
  InvalidMessageError: classes.InvalidMessageError,
  TransportError: classes.TransportError,
  SpendLimitError: classes.SpendLimitError,
  JournalError: classes.JournalError,
  ApiError: classes.ApiError,
  OutcomeUnknownError: classes.OutcomeUnknownError,
  ProtocolError: classes.ProtocolError,
  InvalidRequestError: classes.InvalidRequestError,
  ValidationError: classes.ValidationError,
  OrgNotFoundError: classes.OrgNotFoundError,
  OrgInactiveError: classes.OrgInactiveError,
  AppNotFoundError: classes.AppNotFoundError,
  AppInactiveError: classes.AppInactiveError,
  InsufficientCreditError: classes.InsufficientCreditError,
  ChannelConfigNotFoundError: classes.ChannelConfigNotFoundError,
  ChannelCredentialsNotFoundError: classes.ChannelCredentialsNotFoundError,
  MessageNotFoundError: classes.MessageNotFoundError,
  InvalidPaginationError: classes.InvalidPaginationError,
  AuthenticationError: classes.AuthenticationError,
  RateLimitError: classes.RateLimitError,
};
