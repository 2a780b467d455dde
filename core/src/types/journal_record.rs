//! What a journal remembers, as its users see it.

use rust_decimal::Decimal;

use crate::error::{Kind, Outcome};

/// What a journal has under one key: what became of its message. It holds neither
/// the message's text nor its recipient.
///
/// ```no_run
/// # fn example(journal: &partner_messaging::JournalHandle) -> Result<(), partner_messaging::Error> {
/// use partner_messaging::Outcome;
/// if let Some(record) = journal.get("order-4711-otp").wait()? {
///     assert_eq!(record.outcome, Some(Outcome::Sent));
///     println!("{} at {}", record.message_id.unwrap_or_default(), record.claimed_at);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalRecord {
    /// The key, as the caller gave it.
    pub key: String,
    /// What became of the message; absent while its call is in progress.
    pub outcome: Option<Outcome>,
    /// Whether a person said so, or a look at the service's list: the call itself did not.
    pub resolved: bool,
    /// The channel: of the accepted message, else of the one that was to be sent.
    pub channel: Option<String>,
    /// Why the call failed, if it did.
    pub kind: Option<Kind>,
    /// The service's own code, if it refused with one.
    pub code: Option<String>,
    /// The service's id of the accepted message.
    pub message_id: Option<String>,
    /// What the message cost, exact.
    pub cost: Option<Decimal>,
    /// The currency of `cost`.
    pub currency: Option<String>,
    /// When the key was claimed for the call: RFC 3339, UTC, to the millisecond.
    pub claimed_at: String,
    /// After this moment nothing of the call leaves its process any more.
    pub deadline: String,
    /// When the outcome was recorded or resolved.
    pub ended_at: Option<String>,
    /// The id of the claim: each call that claims the key has another.
    pub claim_id: String,
    /// What contradicts the record, if anything does.
    pub conflict: Option<JournalConflict>,
}

/// What a call told of a key after the record had said something else: a person
/// resolved it wrongly, or the service gave one message id twice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalConflict {
    /// What became of the message according to the call.
    pub outcome: Outcome,
    /// The service's id of the message, if it accepted one.
    pub message_id: Option<String>,
    /// When the call told it: RFC 3339, UTC, to the millisecond.
    pub at: String,
}

/// Counts and costs of all that a journal has ever recorded; what was purged is in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalSummary {
    /// How many messages the service accepted.
    pub sent: u64,
    /// How many it refused.
    pub rejected: u64,
    /// How many provably did not leave.
    pub not_sent: u64,
    /// How many may have been accepted.
    pub unknown: u64,
    /// How many calls are in progress.
    pub in_progress: u64,
    /// How many records have a conflict.
    pub conflicts: u64,
    /// The same by outcome, channel and currency, in that order.
    pub totals: Vec<JournalTotal>,
}

impl JournalSummary {
    /// The summary of these totals; for stores.
    #[must_use]
    pub fn new(mut totals: Vec<JournalTotal>, conflicts: u64) -> Self {
        totals.retain(|total| total.messages > 0);
        let rank = |total: &JournalTotal| match total.outcome {
            Some(Outcome::Sent) => 0,
            Some(Outcome::Rejected) => 1,
            Some(Outcome::NotSent) => 2,
            Some(Outcome::Unknown) => 3,
            None => 4,
        };
        totals.sort_by(|a, b| (rank(a), &a.channel, &a.currency).cmp(&(rank(b), &b.channel, &b.currency)));
        let count = |outcome| totals.iter().filter(|it| it.outcome == outcome).map(|it| it.messages).sum();
        Self {
            sent: count(Some(Outcome::Sent)),
            rejected: count(Some(Outcome::Rejected)),
            not_sent: count(Some(Outcome::NotSent)),
            unknown: count(Some(Outcome::Unknown)),
            in_progress: count(None),
            conflicts,
            totals,
        }
    }
}

/// The part of a [`JournalSummary`] with one outcome, channel and currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalTotal {
    /// What became of these messages; absent while their calls are in progress.
    pub outcome: Option<Outcome>,
    /// Their channel.
    pub channel: String,
    /// The currency of their costs, if the receipts say.
    pub currency: Option<String>,
    /// How many there are.
    pub messages: u64,
    /// The sum of their costs, exact.
    pub cost: Decimal,
    /// How many accepted ones have no cost, so that `cost` is without theirs.
    pub unpriced: u64,
}
