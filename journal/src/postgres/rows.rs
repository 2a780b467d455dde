//! Entries as rows, and lists of entries as parameters.

use std::borrow::Cow;

use partner_messaging::journal::{Claim, ClaimId, Conflict, Ending, Entry, FORM, since_boot};
use partner_messaging::{Decimal, Kind, Outcome};
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::fault::Fault;
use crate::codes::{IN_PROGRESS, code_of, kind_of, outcome_of};

/// A row of `entries`.
pub(super) struct Stored {
    pub(super) entry: Entry,
    /// How often the key was claimed.
    pub(super) claims: i32,
    /// Whether it is in progress although its time is over.
    pub(super) is_over: bool,
}

impl Stored {
    /// The entry; a claim whose time is over as what it is.
    pub(super) fn effective(mut self) -> Entry {
        if self.is_over {
            self.entry.interrupt();
        }
        self.entry
    }
}

/// When a claim is over: by the server's clock, with some grace.
pub(super) const IS_OVER: &str =
    "(e.outcome = 0 AND e.expires_at + interval '5 seconds' < clock_timestamp())";

/// The columns that [`read`] expects, of `entries AS e`.
pub(super) fn columns() -> String {
    format!(
        "e.key, e.digest, e.form, e.owner, e.claim, e.claims, e.channel, e.claimed_at, e.deadline, {IS_OVER}, \
         e.outcome, e.resolved, e.kind, e.code, e.sent_channel, coalesce(e.message_id, e.duplicate_id), \
         e.cost::text, e.currency, e.ended_at, e.conflict_outcome, e.conflict_message_id, e.conflict_at"
    )
}

/// Reads the columns.
pub(super) fn read(row: &Row) -> Result<Stored, Fault> {
    let text = |at: usize| row.try_get::<_, Option<String>>(at);
    let integer = |at: usize| row.try_get::<_, i64>(at);
    let outcome = |code: i16| outcome_of(code).ok_or_else(Fault::damaged);
    let moment = |at: usize| row.try_get::<_, Option<i64>>(at)?.ok_or_else(Fault::damaged);
    let code: i16 = row.try_get(10)?;
    let ending = match code {
        IN_PROGRESS => None,
        code => Some(Ending {
            outcome: outcome(code)?,
            kind: text(12)?.as_deref().and_then(kind_of),
            code: text(13)?,
            channel: text(14)?,
            message_id: text(15)?,
            cost: text(16)?.and_then(|cost| Decimal::from_str_exact(&cost).ok()),
            currency: text(17)?,
            at: moment(18)?,
        }),
    };
    let conflict = match row.try_get::<_, Option<i16>>(19)? {
        None => None,
        Some(code) => Some(Conflict { outcome: outcome(code)?, message_id: text(20)?, at: moment(21)? }),
    };
    let entry = Entry {
        key: row.try_get(0)?,
        digest: row.try_get::<_, &[u8]>(1)?.try_into().map_err(|_| Fault::damaged())?,
        form: u32::try_from(row.try_get::<_, i32>(2)?).map_err(|_| Fault::damaged())?,
        claim: ClaimId { owner: integer(3)?.cast_unsigned(), number: integer(4)?.cast_unsigned() },
        channel: row.try_get(6)?,
        claimed_at: integer(7)?,
        deadline: integer(8)?,
        ending,
        resolved: row.try_get(11)?,
        conflict,
    };
    Ok(Stored { entry, claims: row.try_get(5)?, is_over: row.try_get(9)? })
}

/// Parameters with their types, so that nothing need be prepared.
pub(super) type Parameters<'a> = Vec<(&'a (dyn ToSql + Sync), Type)>;

/// Text as the server takes it, which has no NUL in any.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

fn maybe(value: Option<&String>) -> Option<Cow<'_, str>> {
    value.map(|value| text(value))
}

/// New claims, column by column.
#[derive(Default)]
pub(super) struct Claims<'a> {
    keys: Vec<&'a str>,
    digests: Vec<&'a [u8]>,
    owners: Vec<i64>,
    numbers: Vec<i64>,
    channels: Vec<Cow<'a, str>>,
    claimed: Vec<i64>,
    deadlines: Vec<i64>,
    /// In milliseconds: the server's clock is another one.
    remaining: Vec<i64>,
}

/// The longest time that a claim may have: ten years. It fits into any calculation.
const MAX_REMAINING: u128 = 10 * 366 * 86_400 * 1_000;

impl<'a> Claims<'a> {
    pub(super) fn add(&mut self, claim: &'a Claim) {
        let remaining = claim.deadline.boot.saturating_sub(since_boot()).as_millis().min(MAX_REMAINING);
        self.keys.push(&claim.key);
        self.digests.push(&claim.digest);
        self.owners.push(claim.id.owner.cast_signed());
        self.numbers.push(claim.id.number.cast_signed());
        self.channels.push(text(&claim.channel));
        self.claimed.push(claim.claimed_at);
        self.deadlines.push(claim.deadline.wall);
        self.remaining.push(i64::try_from(remaining).unwrap_or(i64::MAX));
    }

    pub(super) fn keys(&self) -> &[&'a str] {
        &self.keys
    }

    /// Makes the claims that are new or whose key is free: that is the rule `is_free`. Gives
    /// the keys of those that were made, and how often they were claimed with this.
    pub(super) const INSERT: &'static str = "
        INSERT INTO partner_messaging.entries AS e
            (journal, key, digest, form, owner, claim, channel, claimed_at, deadline, expires_at)
        SELECT $1, c.key, c.digest, $2, c.owner, c.claim, c.channel, c.claimed_at, c.deadline,
               clock_timestamp() + c.remaining * interval '1 millisecond'
        FROM unnest($3, $4, $5, $6, $7, $8, $9, $10) WITH ORDINALITY
            AS c (key, digest, owner, claim, channel, claimed_at, deadline, remaining, n)
        ORDER BY c.n
        ON CONFLICT (journal, key) DO UPDATE SET
            owner = EXCLUDED.owner, claim = EXCLUDED.claim, claims = e.claims + 1, channel = EXCLUDED.channel,
            claimed_at = EXCLUDED.claimed_at, deadline = EXCLUDED.deadline, expires_at = EXCLUDED.expires_at,
            outcome = 0, resolved = false, kind = NULL, code = NULL, sent_channel = NULL, message_id = NULL,
            duplicate_id = NULL, cost = NULL, currency = NULL, ended_at = NULL
        WHERE e.outcome IN (2, 3) AND e.digest = EXCLUDED.digest AND e.form = EXCLUDED.form
        RETURNING e.key, e.claims";

    pub(super) fn parameters<'b>(&'b self, journal: &'b i32) -> Parameters<'b> {
        const FORM_IS: i32 = FORM.cast_signed();
        vec![
            (journal, Type::INT4),
            (&FORM_IS, Type::INT4),
            (&self.keys, Type::TEXT_ARRAY),
            (&self.digests, Type::BYTEA_ARRAY),
            (&self.owners, Type::INT8_ARRAY),
            (&self.numbers, Type::INT8_ARRAY),
            (&self.channels, Type::TEXT_ARRAY),
            (&self.claimed, Type::INT8_ARRAY),
            (&self.deadlines, Type::INT8_ARRAY),
            (&self.remaining, Type::INT8_ARRAY),
        ]
    }
}

/// How entries ended, column by column.
#[derive(Default)]
pub(super) struct Endings<'a> {
    keys: Vec<&'a str>,
    owners: Vec<i64>,
    claims: Vec<i64>,
    outcomes: Vec<i16>,
    kinds: Vec<Option<&'static str>>,
    codes: Vec<Option<Cow<'a, str>>>,
    channels: Vec<Option<Cow<'a, str>>>,
    message_ids: Vec<Option<Cow<'a, str>>>,
    costs: Vec<Option<String>>,
    currencies: Vec<Option<Cow<'a, str>>>,
    at: Vec<i64>,
}

impl<'a> Endings<'a> {
    pub(super) fn add(&mut self, key: &'a str, claim: ClaimId, ending: &'a Ending) {
        self.keys.push(key);
        self.owners.push(claim.owner.cast_signed());
        self.claims.push(claim.number.cast_signed());
        self.outcomes.push(code_of(ending.outcome));
        self.kinds.push(ending.kind.map(Kind::as_str));
        self.codes.push(maybe(ending.code.as_ref()));
        self.channels.push(maybe(ending.channel.as_ref()));
        self.message_ids.push(maybe(ending.message_id.as_ref()));
        self.costs.push(ending.cost.map(|cost| cost.to_string()));
        self.currencies.push(maybe(ending.currency.as_ref()));
        self.at.push(ending.at);
    }

    /// Records the first and only word of claims that are in progress, which by far most
    /// are. Gives the place of each in the list, and its channel. What has a message id that
    /// another key has is left to the rules: where it is in that row's `message_id`, the
    /// index refuses it. `OFFSET 0`: looked up one by one, whatever the server's statistics say.
    pub(super) const UPDATE: &'static str = "
        UPDATE partner_messaging.entries AS e SET
            outcome = s.outcome, kind = s.kind, code = s.code, sent_channel = s.channel,
            message_id = s.message_id, cost = s.cost::numeric, currency = s.currency, ended_at = s.ended_at
        FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) WITH ORDINALITY
            AS s (key, owner, claim, outcome, kind, code, channel, message_id, cost, currency, ended_at, n)
        WHERE e.journal = $1 AND e.key = s.key AND e.owner = s.owner AND e.claim = s.claim
            AND e.outcome = 0 AND e.conflict_at IS NULL
            AND NOT EXISTS (SELECT FROM partner_messaging.entries AS d
                WHERE d.journal = e.journal AND d.duplicate_id = s.message_id OFFSET 0)
        RETURNING s.n, e.channel";

    pub(super) fn parameters<'b>(&'b self, journal: &'b i32) -> Parameters<'b> {
        vec![
            (journal, Type::INT4),
            (&self.keys, Type::TEXT_ARRAY),
            (&self.owners, Type::INT8_ARRAY),
            (&self.claims, Type::INT8_ARRAY),
            (&self.outcomes, Type::INT2_ARRAY),
            (&self.kinds, Type::TEXT_ARRAY),
            (&self.codes, Type::TEXT_ARRAY),
            (&self.channels, Type::TEXT_ARRAY),
            (&self.message_ids, Type::TEXT_ARRAY),
            (&self.costs, Type::TEXT_ARRAY),
            (&self.currencies, Type::TEXT_ARRAY),
            (&self.at, Type::INT8_ARRAY),
        ]
    }
}

/// Everything of an entry that may change without a claim.
pub(super) struct Change<'a> {
    key: &'a str,
    outcome: i16,
    resolved: bool,
    kind: Option<&'static str>,
    code: Option<Cow<'a, str>>,
    channel: Option<Cow<'a, str>>,
    message_id: Option<Cow<'a, str>>,
    duplicate_id: Option<Cow<'a, str>>,
    cost: Option<String>,
    currency: Option<Cow<'a, str>>,
    at: Option<i64>,
    conflict_outcome: Option<i16>,
    conflict_message_id: Option<Cow<'a, str>>,
    conflict_at: Option<i64>,
}

impl<'a> Change<'a> {
    /// `is_duplicate`: another key has its message id.
    pub(super) fn new(entry: &'a Entry, is_duplicate: bool) -> Self {
        let ending = entry.ending.as_ref();
        let conflict = entry.conflict.as_ref();
        let message_id = ending.and_then(|ending| maybe(ending.message_id.as_ref()));
        let (message_id, duplicate_id) = if is_duplicate { (None, message_id) } else { (message_id, None) };
        Self {
            key: &entry.key,
            outcome: entry.outcome().map_or(IN_PROGRESS, code_of),
            resolved: entry.resolved,
            kind: ending.and_then(|ending| ending.kind).map(Kind::as_str),
            code: ending.and_then(|ending| maybe(ending.code.as_ref())),
            channel: ending.and_then(|ending| maybe(ending.channel.as_ref())),
            message_id,
            duplicate_id,
            cost: ending.and_then(|ending| ending.cost).map(|cost| cost.to_string()),
            currency: ending.and_then(|ending| maybe(ending.currency.as_ref())),
            at: ending.map(|ending| ending.at),
            conflict_outcome: conflict.map(|conflict| code_of(conflict.outcome)),
            conflict_message_id: conflict.and_then(|conflict| maybe(conflict.message_id.as_ref())),
            conflict_at: conflict.map(|conflict| conflict.at),
        }
    }

    pub(super) const UPDATE: &'static str = "
        UPDATE partner_messaging.entries SET
            outcome = $3, resolved = $4, kind = $5, code = $6, sent_channel = $7, message_id = $8,
            duplicate_id = $9, cost = $10::text::numeric, currency = $11, ended_at = $12,
            conflict_outcome = $13, conflict_message_id = $14, conflict_at = $15
        WHERE journal = $1 AND key = $2";

    pub(super) fn parameters<'b>(&'b self, journal: &'b i32) -> Parameters<'b> {
        vec![
            (journal, Type::INT4),
            (&self.key, Type::TEXT),
            (&self.outcome, Type::INT2),
            (&self.resolved, Type::BOOL),
            (&self.kind, Type::TEXT),
            (&self.code, Type::TEXT),
            (&self.channel, Type::TEXT),
            (&self.message_id, Type::TEXT),
            (&self.duplicate_id, Type::TEXT),
            (&self.cost, Type::TEXT),
            (&self.currency, Type::TEXT),
            (&self.at, Type::INT8),
            (&self.conflict_outcome, Type::INT2),
            (&self.conflict_message_id, Type::TEXT),
            (&self.conflict_at, Type::INT8),
        ]
    }
}

/// Whether this outcome is stored as another than it is told: an interrupted claim stands
/// as in progress.
pub(super) fn condition(outcome: Option<Outcome>) -> String {
    match outcome {
        None => "true".to_owned(),
        Some(Outcome::Unknown) => format!("e.outcome IN (0, 4) AND (e.outcome = 4 OR {IS_OVER})"),
        Some(outcome) => format!("e.outcome = {}", code_of(outcome)),
    }
}
