// GENERATED from the core's public types by `cargo xtask generate`: change those.

// The classes of index.cjs, so that there is one of each for both kinds of modules.
import partnerMessaging from './index.cjs';

export const {
  Client,
  Journal,
  MessageRecord,
  Page,
  Receipt,
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
} = partnerMessaging;
