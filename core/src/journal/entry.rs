//! What a journal has under a key: its claim, how that ended, and what contradicts it.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;

use super::{Budget, Digest};
use crate::error::{Kind, Outcome};
use crate::types::{JournalConflict, JournalRecord};
use crate::util::clock;

/// The id of one claim; no other claim ever has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClaimId {
    /// Who claims: see [`Identity::owner`](super::Identity::owner).
    pub owner: u64,
    /// The owner's count of its claims.
    pub number: u64,
}

impl fmt::Display for ClaimId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:x}", self.owner, self.number)
    }
}

/// What a call asks for before its request may leave.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The key.
    pub key: String,
    /// The claim's own id.
    pub id: ClaimId,
    /// What the key stands for, by the journal's secret.
    pub digest: Digest,
    /// The message's channel, or what stands for it.
    pub channel: String,
    /// When the claim is made: milliseconds since 1970.
    pub claimed_at: i64,
    /// After this moment nothing of the call leaves.
    pub deadline: ClaimDeadline,
    /// What the message may spend, if there is a limit.
    pub budget: Option<Box<Budget>>,
}

/// The moment after which nothing of a call leaves its process, by both clocks:
/// whichever has passed it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimDeadline {
    /// By the wall clock: milliseconds since 1970.
    pub wall: i64,
    /// By the time since the machine was started.
    pub boot: Duration,
}

impl ClaimDeadline {
    /// The moment that is `remaining` from now.
    #[must_use]
    pub fn after(remaining: Duration) -> Self {
        let millis = i64::try_from(remaining.as_millis()).unwrap_or(i64::MAX);
        Self {
            wall: clock::wall_millis().saturating_add(millis),
            boot: clock::since_boot().saturating_add(remaining),
        }
    }

    /// Whether either clock is past it.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        clock::since_boot() >= self.boot || clock::wall_millis() >= self.wall
    }
}

/// How one claim ended; it counts only while the entry is that claim's.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// The key.
    pub key: String,
    /// The claim that ended.
    pub claim: ClaimId,
    /// Its end.
    pub ending: Ending,
}

impl Settlement {
    /// The id of the message that the service accepted, if it did.
    #[must_use]
    pub fn accepted_id(&self) -> Option<&str> {
        self.ending.message_id.as_deref().filter(|_| self.ending.outcome == Outcome::Sent)
    }
}

/// What became of a message, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// What became of it.
    pub outcome: Outcome,
    /// Why the call failed, if it did.
    pub kind: Option<Kind>,
    /// The service's own code, if it refused with one.
    pub code: Option<String>,
    /// The channel, where the receipt names it.
    pub channel: Option<String>,
    /// The service's id of the accepted message.
    pub message_id: Option<String>,
    /// What it cost.
    pub cost: Option<Decimal>,
    /// The currency of the cost.
    pub currency: Option<String>,
    /// When: milliseconds since 1970.
    pub at: i64,
}

impl Ending {
    /// An end with this outcome, now.
    #[must_use]
    pub fn now(outcome: Outcome, kind: Option<Kind>) -> Self {
        Self {
            outcome,
            kind,
            code: None,
            channel: None,
            message_id: None,
            cost: None,
            currency: None,
            at: clock::wall_millis(),
        }
    }
}

/// What a journal has under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// What the key stands for, by the journal's secret.
    pub digest: Digest,
    /// The version of the canonical form that the digest is of.
    pub form: u32,
    /// The claim that the entry is about.
    pub claim: ClaimId,
    /// The channel of the message that was to be sent.
    pub channel: String,
    /// When it was claimed: milliseconds since 1970.
    pub claimed_at: i64,
    /// After this moment nothing of the call leaves: milliseconds since 1970.
    pub deadline: i64,
    /// How it ended; `None` while it is in progress.
    pub ending: Option<Ending>,
    /// Whether it was resolved.
    pub resolved: bool,
    /// What contradicts it.
    pub conflict: Option<Conflict>,
}

/// What contradicts an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What became of the message according to the call.
    pub outcome: Outcome,
    /// The message id that it got.
    pub message_id: Option<String>,
    /// When it told: milliseconds since 1970.
    pub at: i64,
}

impl Entry {
    /// The entry that a claim makes.
    #[must_use]
    pub fn of_claim(claim: &Claim) -> Self {
        Self {
            key: claim.key.clone(),
            digest: claim.digest,
            form: super::FORM,
            claim: claim.id,
            channel: claim.channel.clone(),
            claimed_at: claim.claimed_at,
            deadline: claim.deadline.wall,
            ending: None,
            resolved: false,
            conflict: None,
        }
    }

    /// What became of it; `None` while it is in progress.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.ending.as_ref().map(|ending| ending.outcome)
    }

    /// Makes a claim in progress whose time or whose owner is over what it is: unknown.
    pub fn interrupt(&mut self) {
        if self.ending.is_none() {
            let at = self.deadline;
            self.ending = Some(Ending { at, ..Ending::now(Outcome::Unknown, Some(Kind::Interrupted)) });
        }
    }

    /// The entry as users see it.
    pub(crate) fn into_record(self) -> JournalRecord {
        let claim_id = self.claim.to_string();
        let ended_at = self.ending.as_ref().map(|ending| clock::rfc3339(ending.at));
        let outcome = self.outcome();
        let (kind, code, channel, message_id, cost, currency) = match self.ending {
            Some(it) => (it.kind, it.code, it.channel, it.message_id, it.cost, it.currency),
            None => (None, None, None, None, None, None),
        };
        JournalRecord {
            key: self.key,
            outcome,
            resolved: self.resolved,
            channel: channel.or(Some(self.channel)).filter(|channel| !channel.is_empty()),
            kind,
            code,
            message_id,
            cost,
            currency,
            claimed_at: clock::rfc3339(self.claimed_at),
            deadline: clock::rfc3339(self.deadline),
            ended_at,
            claim_id,
            conflict: self.conflict.map(|it| JournalConflict {
                outcome: it.outcome,
                message_id: it.message_id,
                at: clock::rfc3339(it.at),
            }),
        }
    }
}
