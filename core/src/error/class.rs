//! The classes of errors, and which answer of the service makes which.

use super::Kind;
use crate::outcome::Outcome;

/// The class of an error. Python, Node and C++ have an exception of the same
/// [`name`](ErrorClass::name) for each.
///
/// ```
/// use partner_messaging::ErrorClass;
/// assert_eq!(ErrorClass::InsufficientCredit.name(), "InsufficientCreditError");
/// assert_eq!(ErrorClass::InsufficientCredit.parent(), Some(ErrorClass::Api));
/// assert_eq!(ErrorClass::Api.parent(), Some(ErrorClass::Base));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Base of all; by itself only a fault of this library.
    Base,
    /// Client options are unusable.
    Config,
    /// The message is refused before any I/O.
    InvalidMessage,
    /// Nothing was sent, because the network did not allow it.
    Transport,
    /// The service refused.
    Api,
    /// A send whose answer never came or could not be read.
    OutcomeUnknown,
    /// A read's answer is not the documented envelope.
    Protocol,
    /// `INVALID_REQUEST`: the request's structure is invalid.
    InvalidRequest,
    /// `VALIDATION_ERROR`: the request's validation failed.
    Validation,
    /// `ORG_NOT_FOUND`: the organisation was not found.
    OrgNotFound,
    /// `ORG_INACTIVE`: the organisation is not active.
    OrgInactive,
    /// `APP_NOT_FOUND`: the app was not found.
    AppNotFound,
    /// `APP_INACTIVE`: the app is not active.
    AppInactive,
    /// `INSUFFICIENT_CREDIT`: the credit does not cover the message.
    InsufficientCredit,
    /// `CHANNEL_CONFIG_NOT_FOUND`: the channel is not configured.
    ChannelConfigNotFound,
    /// `CHANNEL_CREDENTIALS_NOT_FOUND`: the channel has no credentials.
    ChannelCredentialsNotFound,
    /// `MESSAGE_NOT_FOUND`: the message was not found, or is another's.
    MessageNotFound,
    /// `INVALID_PAGINATION`: the page or the limit is invalid.
    InvalidPagination,
    /// Status 401 or 403 where no code says more.
    Authentication,
    /// Status 429 where no code says more.
    RateLimit,
}

impl ErrorClass {
    /// Every class, parents before their children.
    pub const ALL: [Self; 20] = [
        Self::Base,
        Self::Config,
        Self::InvalidMessage,
        Self::Transport,
        Self::Api,
        Self::OutcomeUnknown,
        Self::Protocol,
        Self::InvalidRequest,
        Self::Validation,
        Self::OrgNotFound,
        Self::OrgInactive,
        Self::AppNotFound,
        Self::AppInactive,
        Self::InsufficientCredit,
        Self::ChannelConfigNotFound,
        Self::ChannelCredentialsNotFound,
        Self::MessageNotFound,
        Self::InvalidPagination,
        Self::Authentication,
        Self::RateLimit,
    ];

    /// The name of the exception class in Python, Node and C++.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "PartnerMessagingError",
            Self::Config => "ConfigError",
            Self::InvalidMessage => "InvalidMessageError",
            Self::Transport => "TransportError",
            Self::Api => "ApiError",
            Self::OutcomeUnknown => "OutcomeUnknownError",
            Self::Protocol => "ProtocolError",
            Self::InvalidRequest => "InvalidRequestError",
            Self::Validation => "ValidationError",
            Self::OrgNotFound => "OrgNotFoundError",
            Self::OrgInactive => "OrgInactiveError",
            Self::AppNotFound => "AppNotFoundError",
            Self::AppInactive => "AppInactiveError",
            Self::InsufficientCredit => "InsufficientCreditError",
            Self::ChannelConfigNotFound => "ChannelConfigNotFoundError",
            Self::ChannelCredentialsNotFound => "ChannelCredentialsNotFoundError",
            Self::MessageNotFound => "MessageNotFoundError",
            Self::InvalidPagination => "InvalidPaginationError",
            Self::Authentication => "AuthenticationError",
            Self::RateLimit => "RateLimitError",
        }
    }

    /// The class above this one; `None` for the base of all.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Base => None,
            Self::Config
            | Self::InvalidMessage
            | Self::Transport
            | Self::Api
            | Self::OutcomeUnknown
            | Self::Protocol => Some(Self::Base),
            _ => Some(Self::Api),
        }
    }

    /// The documented code that makes an error of this class, if one does.
    #[must_use]
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::InvalidRequest => Some("INVALID_REQUEST"),
            Self::Validation => Some("VALIDATION_ERROR"),
            Self::OrgNotFound => Some("ORG_NOT_FOUND"),
            Self::OrgInactive => Some("ORG_INACTIVE"),
            Self::AppNotFound => Some("APP_NOT_FOUND"),
            Self::AppInactive => Some("APP_INACTIVE"),
            Self::InsufficientCredit => Some("INSUFFICIENT_CREDIT"),
            Self::ChannelConfigNotFound => Some("CHANNEL_CONFIG_NOT_FOUND"),
            Self::ChannelCredentialsNotFound => Some("CHANNEL_CREDENTIALS_NOT_FOUND"),
            Self::MessageNotFound => Some("MESSAGE_NOT_FOUND"),
            Self::InvalidPagination => Some("INVALID_PAGINATION"),
            _ => None,
        }
    }

    /// The class for a refusal: a documented code decides; otherwise the
    /// status does, where it says more than "refused".
    pub(crate) fn of_refusal(status: u16, code: Option<&str>) -> Self {
        let documented = code.and_then(|code| Self::ALL.into_iter().find(|class| class.code() == Some(code)));
        documented.unwrap_or(match status {
            401 | 403 => Self::Authentication,
            429 => Self::RateLimit,
            _ => Self::Api,
        })
    }

    /// What the error means for the message, and what to do, as the end of its text.
    pub(super) const fn consequence(self, outcome: Option<Outcome>, kind: Kind) -> &'static str {
        match (self, outcome) {
            (Self::Config, _) => "Nothing was sent: correct the option and call again.",
            (Self::InvalidMessage, _) => "Nothing was sent: correct the message and send it.",
            (_, Some(Outcome::Unknown)) => {
                "The message may have been sent and may not: find out before sending it again, \
                 or it may go out twice."
            }
            (_, Some(Outcome::NotSent)) => match kind {
                Kind::Cancelled => "The message was not sent.",
                Kind::Closed => "The message was not sent; with an open client it is safe to send it again.",
                Kind::Tls => {
                    "The message was not sent: check the service's certificate, the CA file and the clock."
                }
                Kind::Proxy => "The message was not sent: check the proxy's address and credentials.",
                _ => "The message was not sent; it is safe to send it again.",
            },
            (Self::Authentication, Some(Outcome::Rejected)) => {
                "The message was not accepted: check the API key."
            }
            (Self::RateLimit, Some(Outcome::Rejected)) => {
                "The message was not accepted; it is safe to send it again later."
            }
            (Self::InsufficientCredit, Some(Outcome::Rejected)) => {
                "The message was not accepted: top up the credit, then send it again."
            }
            (_, Some(Outcome::Rejected)) => "The message was not accepted.",
            (_, _) => "",
        }
    }

    /// The same for a request that changes something else than by a message.
    pub(super) const fn consequence_of_change(self, outcome: Option<Outcome>) -> &'static str {
        match (self, outcome) {
            (Self::Config, _) => "Nothing was sent: correct it and call again.",
            (_, Some(Outcome::Unknown)) => {
                "The request may have been carried out and may not: find out before making it again."
            }
            (_, Some(Outcome::NotSent)) => "The request was not sent; it is safe to make it again.",
            (Self::Authentication, _) => "The request was not carried out: check the API key.",
            (_, Some(Outcome::Rejected)) => "The request was not carried out.",
            (_, _) => "",
        }
    }

    /// The same for a read, which changes nothing whatever becomes of it.
    pub(super) const fn consequence_of_read(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Config, _) => "Nothing was asked: correct it and call again.",
            (Self::Transport, Kind::Cancelled | Kind::Closed) => "",
            (Self::Transport, Kind::Tls) => "Check the service's certificate, the CA file and the clock.",
            (Self::Transport, Kind::Proxy) => "Check the proxy's address and credentials.",
            (Self::Transport | Self::RateLimit, _) => "It is safe to ask again.",
            (Self::Authentication, _) => "Check the API key.",
            (_, _) => "",
        }
    }
}
