//! Entries as rows, and what tells a row that was damaged.

use std::time::Duration;

use partner_messaging::journal::{Claim, ClaimId, Conflict, Digest, Ending, Entry};
use partner_messaging::{Decimal, Kind};
use ring::digest::{Context, SHA256};
use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::fault::Fault;
use crate::codes::{code_of, kind_of, outcome_of};

/// A row of `entries`.
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) entry: Entry,
    /// By the clock of the owner's boot.
    pub(super) boot_deadline: Duration,
}

/// The columns that [`read`] expects.
pub(super) const COLUMNS: &str = "id, key, digest, form, owner, claim, channel, claimed_at, deadline, \
     boot_deadline, claim_check, outcome, resolved, kind, code, sent_channel, message_id, cost, currency, \
     ended_at, conflict_outcome, conflict_message_id, conflict_at, end_check";

/// Reads a row, and whether it is as it was written.
pub(super) fn read(row: &Row<'_>) -> Result<Stored, Fault> {
    let integer = |at: usize| row.get::<_, i64>(at);
    let text = |at: usize| row.get::<_, Option<String>>(at);
    let digest: Digest = match row.get_ref(2)? {
        ValueRef::Blob(bytes) => bytes.try_into().map_err(|_| Fault::ROW)?,
        _ => return Err(Fault::ROW),
    };
    let claim = ClaimId { owner: unsigned(integer(4)?), number: unsigned(integer(5)?) };
    let mut entry = Entry {
        key: row.get(1)?,
        digest,
        form: u32::try_from(integer(3)?).map_err(|_| Fault::ROW)?,
        claim,
        channel: row.get(6)?,
        claimed_at: integer(7)?,
        deadline: integer(8)?,
        ending: None,
        resolved: integer(12)? != 0,
        conflict: None,
    };
    let boot_deadline = integer(9)?;
    if claim_check(&entry, boot_deadline) != integer(10)? {
        return Err(Fault::ROW);
    }
    if let Some(code) = row.get::<_, Option<i64>>(11)? {
        entry.ending = Some(Ending {
            outcome: outcome_of(code).ok_or(Fault::ROW)?,
            kind: text(13)?.as_deref().and_then(kind_of),
            code: text(14)?,
            channel: text(15)?,
            message_id: text(16)?,
            cost: text(17)?.and_then(|cost| Decimal::from_str_exact(&cost).ok()),
            currency: text(18)?,
            at: row.get::<_, Option<i64>>(19)?.ok_or(Fault::ROW)?,
        });
    }
    if let Some(code) = row.get::<_, Option<i64>>(20)? {
        entry.conflict = Some(Conflict {
            outcome: outcome_of(code).ok_or(Fault::ROW)?,
            message_id: text(21)?,
            at: row.get::<_, Option<i64>>(22)?.ok_or(Fault::ROW)?,
        });
    }
    if end_check(&entry) != row.get::<_, Option<i64>>(23)? {
        return Err(Fault::ROW);
    }
    Ok(Stored { id: integer(0)?, entry, boot_deadline: millis(boot_deadline) })
}

pub(super) fn unsigned(number: i64) -> u64 {
    number.cast_unsigned()
}

/// A duration as the file has it.
pub(super) fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn millis(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// The check of the columns that a claim writes.
pub(super) fn claim_check(entry: &Entry, boot_deadline: i64) -> i64 {
    let mut check = Check::new();
    check.text(&entry.key);
    check.bytes(&entry.digest);
    check.number(entry.form.into());
    check.claim(entry.claim);
    check.text(&entry.channel);
    [entry.claimed_at, entry.deadline, boot_deadline].into_iter().for_each(|number| check.number(number));
    check.finish()
}

/// The check of a claim's columns, before there is an entry.
pub(super) fn check_of_claim(claim: &Claim) -> i64 {
    claim_check(&Entry::of_claim(claim), millis_of(claim.deadline.boot))
}

/// The check of the columns that an ending or a conflict writes; `None` where there is neither.
pub(super) fn end_check(entry: &Entry) -> Option<i64> {
    if entry.ending.is_none() && entry.conflict.is_none() && !entry.resolved {
        return None;
    }
    let mut check = Check::new();
    check.text(&entry.key);
    check.claim(entry.claim);
    check.number(entry.resolved.into());
    if let Some(ending) = &entry.ending {
        check.ending(ending);
    }
    if let Some(conflict) = &entry.conflict {
        check.number(code_of(conflict.outcome).into());
        check.maybe(conflict.message_id.as_deref());
        check.number(conflict.at);
    }
    Some(check.finish())
}

/// The check of an entry that this ending is the first of.
pub(super) fn check_of_ending(key: &str, claim: ClaimId, ending: &Ending) -> i64 {
    let mut check = Check::new();
    check.text(key);
    check.claim(claim);
    check.number(0);
    check.ending(ending);
    check.finish()
}

/// The first eight bytes of a SHA-256 over the columns, each with its length.
struct Check(Context);

impl Check {
    fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    fn number(&mut self, number: i64) {
        self.0.update(&number.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn maybe(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.number(-1),
        }
    }

    fn claim(&mut self, claim: ClaimId) {
        self.number(claim.owner.cast_signed());
        self.number(claim.number.cast_signed());
    }

    fn ending(&mut self, ending: &Ending) {
        self.number(code_of(ending.outcome).into());
        self.maybe(ending.kind.map(Kind::as_str));
        for text in [&ending.code, &ending.channel, &ending.message_id, &ending.currency] {
            self.maybe(text.as_deref());
        }
        self.maybe(ending.cost.map(|cost| cost.to_string()).as_deref());
        self.number(ending.at);
    }

    fn finish(self) -> i64 {
        let digest = self.0.finish();
        let bytes = digest.as_ref().iter().take(8);
        bytes.fold(0u64, |number, byte| number << 8 | u64::from(*byte)).cast_signed()
    }
}
