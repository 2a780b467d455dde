// The classes of index.cjs, so that there is one of each for both kinds of modules.
import partnerMessaging from './index.cjs';

export const {
  Client,
  MessageRecord,
  Page,
  Receipt,
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
} = partnerMessaging;
