//! What may become of what under a key. Every store applies these, and only these.

use super::{Claim, Conflict, Digest, Ending, Entry, Resolution, Settled, Settlement};
use crate::error::Outcome;

/// What a send does that finds this entry under its key.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may claim the key.
    Claim,
    /// The message was accepted: nothing leaves, the record is the receipt.
    Replay,
    /// It may have been accepted: nothing leaves until somebody resolves it.
    Unknown,
    /// Another call is at it: wait and look again.
    Wait,
    /// The key stands for another message.
    OtherMessage,
}

/// What a send whose message has this digest does.
#[must_use]
pub fn decide(entry: Option<&Entry>, digest: &Digest) -> Decision {
    let Some(entry) = entry else { return Decision::Claim };
    if !is_same_message(entry, digest) {
        return Decision::OtherMessage;
    }
    match entry.outcome() {
        None => Decision::Wait,
        Some(Outcome::Sent) => Decision::Replay,
        Some(Outcome::Unknown) => Decision::Unknown,
        Some(Outcome::Rejected | Outcome::NotSent) => Decision::Claim,
    }
}

/// Whether an entry's key stands for the message that has this digest, which is of the
/// form that messages have now.
#[must_use]
pub fn is_same_message(entry: &Entry, digest: &Digest) -> bool {
    entry.digest == *digest && entry.form == super::FORM
}

/// Whether a claim may take the place of this entry: only where it is certain that
/// nothing was accepted, and for the same message. Time alone never opens one.
#[must_use]
pub fn is_free(entry: &Entry, claim: &Claim) -> bool {
    decide(Some(entry), &claim.digest) == Decision::Claim
}

/// Applies how a claim ended to what stands under its key.
///
/// It counts for its own claim only, while that is in progress, unknown or resolved: a
/// late word of the call itself wins over unknown. Where it contradicts what somebody
/// resolved, or its key was claimed anew meanwhile, both are kept.
///
/// `id_is_taken`: its [`accepted_id`](Settlement::accepted_id) stands under another key.
/// An entry that has it nevertheless gets a conflict: nothing that was accepted is lost.
pub fn settle(entry: &mut Entry, settlement: &Settlement, id_is_taken: bool) -> Settled {
    let settled = settle_alone(entry, settlement);
    let has_its_id = || {
        let id = entry.ending.as_ref().and_then(|ending| ending.message_id.as_deref());
        id.is_some() && id == settlement.accepted_id()
    };
    match settled {
        Settled::Recorded if id_is_taken && has_its_id() => contradict(entry, &settlement.ending),
        settled => settled,
    }
}

/// The same, of what stands under this key alone.
fn settle_alone(entry: &mut Entry, settlement: &Settlement) -> Settled {
    let told = &settlement.ending;
    if entry.claim != settlement.claim {
        // Its key was resolved, and claimed anew. That it was accepted must not be lost.
        return if told.outcome == Outcome::Sent { contradict(entry, told) } else { Settled::Superseded };
    }
    match entry.outcome() {
        None => entry.ending = Some(told.clone()),
        Some(Outcome::Unknown) if told.outcome == Outcome::Unknown => {}
        Some(Outcome::Unknown) => entry.ending = Some(told.clone()),
        Some(_) if !entry.resolved => {}
        Some(resolved) => return settle_resolved(entry, resolved, told),
    }
    Settled::Recorded
}

fn settle_resolved(entry: &mut Entry, resolved: Outcome, told: &Ending) -> Settled {
    let same_message = entry.ending.as_ref().is_some_and(|ending| ending.message_id == told.message_id);
    match (resolved, told.outcome) {
        // That it may have been accepted is what was resolved.
        (_, Outcome::Unknown) => {}
        // Right, and the call knows more: what it cost.
        (Outcome::Sent, Outcome::Sent) if same_message => entry.ending = Some(told.clone()),
        (Outcome::NotSent | Outcome::Rejected, Outcome::NotSent | Outcome::Rejected) => {}
        _ => return contradict(entry, told),
    }
    Settled::Recorded
}

/// Keeps what contradicts an entry; that something was accepted is never replaced.
fn contradict(entry: &mut Entry, told: &Ending) -> Settled {
    if entry.conflict.as_ref().is_none_or(|before| before.outcome != Outcome::Sent) {
        entry.conflict =
            Some(Conflict { outcome: told.outcome, message_id: told.message_id.clone(), at: told.at });
    }
    Settled::Conflict
}

/// Applies what somebody says of an unknown. Only an unknown can be resolved, and only
/// the claim that was read.
#[must_use]
pub fn resolve(entry: &mut Entry, resolution: &Resolution) -> bool {
    if entry.claim != resolution.claim || entry.outcome() != Some(Outcome::Unknown) {
        return false;
    }
    entry.ending = Some(resolution.ending.clone());
    entry.resolved = true;
    true
}

/// Whether an entry may be forgotten: only what certainly ended, and without a contradiction.
#[must_use]
pub fn may_purge(entry: &Entry, before: i64) -> bool {
    let ended = entry.ending.as_ref().filter(|ending| ending.outcome != Outcome::Unknown);
    entry.conflict.is_none() && ended.is_some_and(|ending| ending.at < before)
}
