'use strict';

const { Client } = require('./lib/client.cjs');
const { MessageRecord, Page, Receipt } = require('./lib/facts.cjs');
const { classes } = require('./lib/errors.cjs');

// One by one, so that Node finds the names when an ES module imports this file.
module.exports = {
  Client,
  MessageRecord,
  Page,
  Receipt,
  PartnerMessagingError: classes.PartnerMessagingError,
  ConfigError: classes.ConfigError,
  InvalidMessageError: classes.InvalidMessageError,
  TransportError: classes.TransportError,
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
