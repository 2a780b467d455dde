//! What a call does to the world.

/// What a call does to the world. It decides what an answer proves, what may be
/// made twice, and what an error speaks of.
///
/// ```
/// use partner_messaging::{Effect, Error};
/// let error = Error::config("message_id", "must not be empty").attach_effect(Effect::Read);
/// assert_eq!(error.outcome(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It changes nothing, so it may be made any number of times and has no outcome.
    Read,
    /// It changes something other than by a message.
    Write,
    /// It sends a message.
    Send,
}

impl Effect {
    /// Whether such a call has an [`Outcome`](crate::Outcome).
    #[must_use]
    pub const fn has_outcome(self) -> bool {
        !matches!(self, Self::Read)
    }
}
