//! The stable words for what went wrong.

use std::fmt;

/// The stable word for what went wrong, the same in every language.
///
/// ```
/// use partner_messaging::Kind;
/// assert_eq!(Kind::InvalidMessage.as_str(), "invalid_message");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An option can't be used.
    Config,
    /// The message can't be sent as it is.
    InvalidMessage,
    /// The name of the service could not be resolved.
    Dns,
    /// No connection could be made: refused, unreachable.
    Connect,
    /// The TLS handshake failed, or the certificate was refused.
    Tls,
    /// The proxy did not let us through.
    Proxy,
    /// A deadline passed.
    Timeout,
    /// The caller cancelled the call.
    Cancelled,
    /// The connection ended before the answer, or the client was closed.
    Closed,
    /// The connection was reset.
    Reset,
    /// The server said that it processed nothing (RFC 9113 section 8.7).
    Refused,
    /// The answer is not the documented envelope.
    Malformed,
    /// The answer is larger than `max_response_bytes`, or its headers are too large.
    TooLarge,
    /// The service answered with a redirect, which is never followed.
    Redirect,
    /// The service answered with a status that proves nothing.
    Server,
    /// The service refused, in its own words or by an unmistakable status.
    Api,
    /// The call belongs to the parent of this process.
    Forked,
    /// A fault of this library or of the machine.
    Internal,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 18] = [
        Self::Config,
        Self::InvalidMessage,
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Proxy,
        Self::Timeout,
        Self::Cancelled,
        Self::Closed,
        Self::Reset,
        Self::Refused,
        Self::Malformed,
        Self::TooLarge,
        Self::Redirect,
        Self::Server,
        Self::Api,
        Self::Forked,
        Self::Internal,
    ];

    /// The word itself, lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::InvalidMessage => "invalid_message",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Closed => "closed",
            Self::Reset => "reset",
            Self::Refused => "refused",
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Redirect => "redirect",
            Self::Server => "server",
            Self::Api => "api",
            Self::Forked => "forked",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
