//! What became of each message of a fallback.

use super::{Kind, Outcome};

/// What became of one message of a [`send_with_fallback`](crate::Client::send_with_fallback).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FallbackStep {
    /// The message's channel.
    pub channel: String,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// What went wrong, unless it was sent.
    pub kind: Option<Kind>,
    /// The HTTP status of the answer, if it failed and there was one.
    pub status: Option<u16>,
    /// The service's code, if it refused.
    pub code: Option<String>,
    /// The message's id, if it was sent.
    pub message_id: Option<String>,
    /// How many requests it took.
    pub attempts: u32,
}
