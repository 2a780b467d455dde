//! The classes of errors, and which answer of the service makes which.

use super::{Kind, Outcome};

/// Makes the enum, and what is known of each class, of one table: a class is followed
/// by its name, the class above it, the documented code or the status that makes it,
/// and the kind and the outcome of its errors unless they say otherwise.
macro_rules! error_classes {
    (
        $(#[$attribute:meta])*
        pub enum $enum:ident {
            $($(#[doc = $doc:literal])+ $class:ident => $name:literal $(, below $parent:ident)?
                $(, code $code:literal)? $(, status $status:literal)? $(, kind $kind:ident)? $(, outcome $outcome:ident)?;)+
        }
    ) => {
        $(#[$attribute])*
        pub enum $enum {
            $($(#[doc = $doc])+ $class,)+
        }

        impl $enum {
            /// Every class, parents before their children.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$class),+];

            /// The name of the exception class in Python, Node and C++.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$class => $name,)+
                }
            }

            /// The class above this one; `None` for the base of all.
            #[must_use]
            pub const fn parent(self) -> Option<Self> {
                match self {
                    $($(Self::$class => Some(Self::$parent),)?)+
                    _ => None,
                }
            }

            /// The documented code that makes an error of this class, if one does.
            #[must_use]
            pub const fn code(self) -> Option<&'static str> {
                match self {
                    $($(Self::$class => Some($code),)?)+
                    _ => None,
                }
            }

            /// The status that makes an error of this class where no code says more, if one does.
            #[must_use]
            pub const fn status(self) -> Option<u16> {
                match self {
                    $($(Self::$class => Some($status),)?)+
                    _ => None,
                }
            }

            /// The kind of this class's errors unless they say otherwise.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match (self, self.parent()) {
                    $($((Self::$class, _) => Kind::$kind,)?)+
                    (_, Some(above)) => above.kind(),
                    (_, None) => Kind::Internal,
                }
            }

            /// The outcome of this class's errors unless they say otherwise.
            #[must_use]
            pub const fn outcome(self) -> Option<Outcome> {
                match (self, self.parent()) {
                    $($((Self::$class, _) => Some(Outcome::$outcome),)?)+
                    (_, Some(above)) => above.outcome(),
                    (_, None) => None,
                }
            }
        }
    };
}

error_classes! {
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
        Base => "PartnerMessagingError";
        /// An option can't be used; `field` names it. Nothing was sent.
        Config => "ConfigError", below Base, kind Config, outcome NotSent;
        /// The message is refused before any I/O; `field` names what is wrong with it.
        /// Nothing was sent.
        InvalidMessage => "InvalidMessageError", below Base, kind InvalidMessage, outcome NotSent;
        /// Nothing was sent, because the network or the time did not allow it.
        Transport => "TransportError", below Base, kind Connect, outcome NotSent;
        /// A spend limit would be passed, so nothing was sent.
        SpendLimit => "SpendLimitError", below Base, kind SpendLimit, outcome NotSent;
        /// The journal could not be opened, read or written, so nothing was sent.
        Journal => "JournalError", below Base, kind Journal, outcome NotSent;
        /// The service refused; `code` is its own word for why, if it gave one.
        Api => "ApiError", below Base, kind Api, outcome Rejected;
        /// The answer to a send never came or could not be read: the message may have been
        /// accepted, and may not. Find out before sending it again, or it may go out twice.
        OutcomeUnknown => "OutcomeUnknownError", below Base, kind Timeout, outcome Unknown;
        /// The answer to a read is not the documented envelope.
        Protocol => "ProtocolError", below Base, kind Malformed;
        /// `INVALID_REQUEST`: the request's structure is invalid.
        InvalidRequest => "InvalidRequestError", below Api, code "INVALID_REQUEST";
        /// `VALIDATION_ERROR`: the request's validation failed.
        Validation => "ValidationError", below Api, code "VALIDATION_ERROR";
        /// `ORG_NOT_FOUND`: the organisation was not found.
        OrgNotFound => "OrgNotFoundError", below Api, code "ORG_NOT_FOUND";
        /// `ORG_INACTIVE`: the organisation is not active.
        OrgInactive => "OrgInactiveError", below Api, code "ORG_INACTIVE";
        /// `APP_NOT_FOUND`: the app was not found.
        AppNotFound => "AppNotFoundError", below Api, code "APP_NOT_FOUND";
        /// `APP_INACTIVE`: the app is not active.
        AppInactive => "AppInactiveError", below Api, code "APP_INACTIVE";
        /// `INSUFFICIENT_CREDIT`: the credit does not cover the message.
        InsufficientCredit => "InsufficientCreditError", below Api, code "INSUFFICIENT_CREDIT";
        /// `CHANNEL_CONFIG_NOT_FOUND`: the channel is not configured.
        ChannelConfigNotFound => "ChannelConfigNotFoundError", below Api, code "CHANNEL_CONFIG_NOT_FOUND";
        /// `CHANNEL_CREDENTIALS_NOT_FOUND`: the channel has no credentials.
        ChannelCredentialsNotFound => "ChannelCredentialsNotFoundError", below Api, code "CHANNEL_CREDENTIALS_NOT_FOUND";
        /// `MESSAGE_NOT_FOUND`: the message was not found, or is another's.
        MessageNotFound => "MessageNotFoundError", below Api, code "MESSAGE_NOT_FOUND";
        /// `INVALID_PAGINATION`: the page or the limit is invalid.
        InvalidPagination => "InvalidPaginationError", below Api, code "INVALID_PAGINATION";
        /// Status 401 or 403 where no code says more: check the API key.
        Authentication => "AuthenticationError", below Api, status 401;
        /// Status 429 where no code says more; `retry_after` says how long to wait, if the
        /// service did.
        RateLimit => "RateLimitError", below Api, status 429;
    }
}

impl ErrorClass {
    pub(crate) fn is_documented_code(code: &str) -> bool {
        Self::ALL.into_iter().any(|class| class.code() == Some(code))
    }

    /// The class for a refusal: a documented code decides; otherwise the
    /// status does, where it says more than "refused".
    pub(crate) fn of_refusal(status: u16, code: Option<&str>) -> Self {
        let documented = code.and_then(|code| Self::ALL.into_iter().find(|class| class.code() == Some(code)));
        let by_status = || Self::ALL.into_iter().find(|class| class.status() == Some(status));
        documented.or_else(by_status).unwrap_or(match status {
            403 => Self::Authentication,
            _ => Self::Api,
        })
    }
}
