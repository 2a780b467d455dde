//! What became of a message.

use std::fmt;

/// What became of a message: every call that sends ends in exactly one of these.
///
/// An outcome is a proof, not a guess: whatever is not proved to be one of the
/// first three is [`Outcome::Unknown`].
///
/// ```
/// use partner_messaging::Outcome;
/// assert_eq!(Outcome::NotSent.as_str(), "not_sent");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The service accepted the message; the receipt carries its id.
    Sent,
    /// The service answered that it did not take the message.
    Rejected,
    /// No complete request left this process, so nothing can have been accepted.
    NotSent,
    /// The message may have been accepted, and may not: sending it again may
    /// deliver it twice.
    Unknown,
}

impl Outcome {
    /// The stable word for this outcome: `sent`, `rejected`, `not_sent` or `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
