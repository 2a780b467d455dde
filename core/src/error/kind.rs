//! The stable words for what went wrong.

use std::fmt;

/// Makes the enum and its words of one table.
macro_rules! kinds {
    (
        $(#[$attribute:meta])*
        pub enum $enum:ident {
            $($(#[doc = $doc:literal])+ $kind:ident => $word:literal;)+
        }
    ) => {
        $(#[$attribute])*
        pub enum $enum {
            $($(#[doc = $doc])+ $kind,)+
        }

        impl $enum {
            /// Every kind, in the order of the documentation.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$kind),+];

            /// The word itself, lower case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)+
                }
            }
        }
    };
}

kinds! {
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
        Config => "config";
        /// The message can't be sent as it is.
        InvalidMessage => "invalid_message";
        /// The name of the service could not be resolved.
        Dns => "dns";
        /// No connection could be made: refused, unreachable.
        Connect => "connect";
        /// The TLS handshake failed, or the certificate was refused.
        Tls => "tls";
        /// The proxy did not let us through.
        Proxy => "proxy";
        /// A deadline passed.
        Timeout => "timeout";
        /// The caller cancelled the call.
        Cancelled => "cancelled";
        /// The connection ended before the answer, or the client was closed.
        Closed => "closed";
        /// The connection was reset.
        Reset => "reset";
        /// The server said that it processed nothing (RFC 9113 section 8.7).
        Refused => "refused";
        /// The answer is not the documented envelope.
        Malformed => "malformed";
        /// The answer is larger than `max_response_bytes`, or its headers are too large.
        TooLarge => "too_large";
        /// The service answered with a redirect, which is never followed.
        Redirect => "redirect";
        /// The service answered with a status that proves nothing.
        Server => "server";
        /// The service refused, in its own words or by an unmistakable status.
        Api => "api";
        /// The call belongs to the parent of this process.
        Forked => "forked";
        /// A fault of this library or of the machine.
        Internal => "internal";
        /// A spend limit would be passed.
        SpendLimit => "spend_limit";
        /// The journal could not be opened, read or written.
        Journal => "journal";
        /// Another call holds the claim of the same key, and its end is not known yet.
        InProgress => "in_progress";
        /// The process that held the key's claim ended, or the claim's time did, and no
        /// outcome was recorded.
        Interrupted => "interrupted";
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
