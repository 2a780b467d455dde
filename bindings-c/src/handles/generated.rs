//! What is kept of the core's records, as C reads it.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::CString;
use std::time::Duration;

use partner_messaging::{
    Balance, Error, FallbackStep, JournalConflict, JournalRecord, JournalSummary, JournalTotal,
    MessageRecord, Outcome, Page, Receipt, Reply, Spending,
};

use crate::ffi::c_string;

/// What became of one message of a pm_client_send_with_fallback().
pub(crate) struct FallbackStepEntry {
    pub(crate) channel: CString,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) kind: Option<CString>,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<CString>,
    pub(crate) message_id: Option<CString>,
    pub(crate) attempts: u32,
}

impl From<FallbackStep> for FallbackStepEntry {
    fn from(it: FallbackStep) -> Self {
        Self {
            channel: c_string(it.channel),
            outcome: it.outcome,
            kind: it.kind.map(|it| c_string(it.as_str())),
            status: it.status,
            code: it.code.map(c_string),
            message_id: it.message_id.map(c_string),
            attempts: it.attempts,
        }
    }
}

/// A list, each: what became of one message of a pm_client_send_with_fallback().
pub struct pm_trail(pub(crate) Vec<FallbackStepEntry>);

impl From<Vec<FallbackStep>> for pm_trail {
    fn from(list: Vec<FallbackStep>) -> Self {
        Self(list.into_iter().map(Into::into).collect())
    }
}

impl pm_trail {
    pub(crate) fn entry(list: Option<&Self>, index: usize) -> Option<&FallbackStepEntry> {
        list?.0.get(index)
    }
}

/// The service's word that it accepted a message: its outcome is always "sent".
///
/// All but "message_id" and "raw" may be absent; their absence does not change the
/// outcome.
pub struct pm_receipt {
    pub(crate) message_id: CString,
    pub(crate) recipient: Option<CString>,
    pub(crate) channel: Option<CString>,
    pub(crate) status: Option<CString>,
    pub(crate) cost: Option<CString>,
    pub(crate) currency: Option<CString>,
    pub(crate) message: Option<CString>,
    pub(crate) replayed: bool,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) raw: CString,
}

impl From<Receipt> for pm_receipt {
    fn from(it: Receipt) -> Self {
        Self {
            raw: c_string(it.raw()),
            message_id: c_string(it.message_id),
            recipient: it.recipient.map(c_string),
            channel: it.channel.map(c_string),
            status: it.status.map(c_string),
            cost: it.cost.map(|it| c_string(it.to_string())),
            currency: it.currency.map(c_string),
            message: it.message.map(c_string),
            replayed: it.replayed,
            attempts: it.attempts,
            elapsed: it.elapsed,
        }
    }
}

/// A message as the service has it now.
///
/// Reading messages is not in the published document: that a record has the members
/// of a receipt, and the names of its timestamps, are assumptions. All but
/// "message_id" and "raw" may be absent.
pub struct pm_record {
    pub(crate) message_id: CString,
    pub(crate) recipient: Option<CString>,
    pub(crate) channel: Option<CString>,
    pub(crate) status: Option<CString>,
    pub(crate) cost: Option<CString>,
    pub(crate) currency: Option<CString>,
    pub(crate) created_at: Option<CString>,
    pub(crate) updated_at: Option<CString>,
    pub(crate) raw: CString,
}

impl From<MessageRecord> for pm_record {
    fn from(it: MessageRecord) -> Self {
        Self {
            raw: c_string(it.raw()),
            message_id: c_string(it.message_id),
            recipient: it.recipient.map(c_string),
            channel: it.channel.map(c_string),
            status: it.status.map(c_string),
            cost: it.cost.map(|it| c_string(it.to_string())),
            currency: it.currency.map(c_string),
            created_at: it.created_at.map(c_string),
            updated_at: it.updated_at.map(c_string),
        }
    }
}

/// One page of a list of messages.
///
/// The list's form is not in the published document. What is read: the list is the
/// envelope's "data" itself, or the member "messages" of it, or its only member
/// that is a list; the totals are members of "data" or of its member "pagination".
pub struct pm_page {
    pub(crate) messages: Vec<pm_record>,
    pub(crate) page: u32,
    pub(crate) limit: Option<u64>,
    pub(crate) total: Option<u64>,
    pub(crate) total_pages: Option<u64>,
    pub(crate) has_more: Option<bool>,
    pub(crate) raw: CString,
}

impl From<Page> for pm_page {
    fn from(it: Page) -> Self {
        Self {
            raw: c_string(it.raw()),
            messages: it.messages.into_iter().map(Into::into).collect(),
            page: it.page,
            limit: it.limit,
            total: it.total,
            total_pages: it.total_pages,
            has_more: it.has_more,
        }
    }
}

/// The credit that is left.
///
/// Asking for it is not in the published document: that the answer's "data" has
/// "balance" (or "amount") and "currency" is an assumption.
pub struct pm_balance {
    pub(crate) amount: CString,
    pub(crate) currency: Option<CString>,
    pub(crate) raw: CString,
}

impl From<Balance> for pm_balance {
    fn from(it: Balance) -> Self {
        Self {
            raw: c_string(it.raw()),
            amount: c_string(it.amount.to_string()),
            currency: it.currency.map(c_string),
        }
    }
}

/// What the messages of one channel cost, in one currency.
pub(crate) struct SpendingEntry {
    pub(crate) channel: CString,
    pub(crate) currency: Option<CString>,
    pub(crate) cost: CString,
    pub(crate) messages: u64,
    pub(crate) unpriced: u64,
}

impl From<Spending> for SpendingEntry {
    fn from(it: Spending) -> Self {
        Self {
            channel: c_string(it.channel),
            currency: it.currency.map(c_string),
            cost: c_string(it.cost.to_string()),
            messages: it.messages,
            unpriced: it.unpriced,
        }
    }
}

/// A list, each: what the messages of one channel cost, in one currency.
pub struct pm_spending(pub(crate) Vec<SpendingEntry>);

impl From<Vec<Spending>> for pm_spending {
    fn from(list: Vec<Spending>) -> Self {
        Self(list.into_iter().map(Into::into).collect())
    }
}

impl pm_spending {
    pub(crate) fn entry(list: Option<&Self>, index: usize) -> Option<&SpendingEntry> {
        list?.0.get(index)
    }
}

/// The service's answer to a pm_request: a success envelope.
pub struct pm_reply {
    pub(crate) status: u16,
    pub(crate) message: Option<CString>,
    pub(crate) headers: Vec<(CString, CString)>,
    pub(crate) replayed: bool,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) data: Option<CString>,
}

impl From<Reply> for pm_reply {
    fn from(it: Reply) -> Self {
        Self {
            data: it.data().map(c_string),
            status: it.status,
            message: it.message.map(c_string),
            headers: it.headers.into_iter().map(|(name, value)| (c_string(name), c_string(value))).collect(),
            replayed: it.replayed,
            attempts: it.attempts,
            elapsed: it.elapsed,
        }
    }
}

/// What a call told of a key after the record had said something else: a person
/// resolved it wrongly, or the service gave one message id twice.
pub struct pm_journal_conflict {
    pub(crate) outcome: Outcome,
    pub(crate) message_id: Option<CString>,
    pub(crate) at: CString,
}

impl From<JournalConflict> for pm_journal_conflict {
    fn from(it: JournalConflict) -> Self {
        Self { outcome: it.outcome, message_id: it.message_id.map(c_string), at: c_string(it.at) }
    }
}

/// What a journal has under one key: what became of its message. It holds neither
/// the message's text nor its recipient.
pub struct pm_journal_record {
    pub(crate) key: CString,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) resolved: bool,
    pub(crate) channel: Option<CString>,
    pub(crate) kind: Option<CString>,
    pub(crate) code: Option<CString>,
    pub(crate) message_id: Option<CString>,
    pub(crate) cost: Option<CString>,
    pub(crate) currency: Option<CString>,
    pub(crate) claimed_at: CString,
    pub(crate) deadline: CString,
    pub(crate) ended_at: Option<CString>,
    pub(crate) claim_id: CString,
    pub(crate) conflict: Option<pm_journal_conflict>,
}

impl From<JournalRecord> for pm_journal_record {
    fn from(it: JournalRecord) -> Self {
        Self {
            key: c_string(it.key),
            outcome: it.outcome,
            resolved: it.resolved,
            channel: it.channel.map(c_string),
            kind: it.kind.map(|it| c_string(it.as_str())),
            code: it.code.map(c_string),
            message_id: it.message_id.map(c_string),
            cost: it.cost.map(|it| c_string(it.to_string())),
            currency: it.currency.map(c_string),
            claimed_at: c_string(it.claimed_at),
            deadline: c_string(it.deadline),
            ended_at: it.ended_at.map(c_string),
            claim_id: c_string(it.claim_id),
            conflict: it.conflict.map(Into::into),
        }
    }
}

/// The part of a pm_journal_counts with one outcome, channel and currency.
pub(crate) struct JournalTotalEntry {
    pub(crate) outcome: Option<Outcome>,
    pub(crate) channel: CString,
    pub(crate) currency: Option<CString>,
    pub(crate) messages: u64,
    pub(crate) cost: CString,
    pub(crate) unpriced: u64,
}

impl From<JournalTotal> for JournalTotalEntry {
    fn from(it: JournalTotal) -> Self {
        Self {
            outcome: it.outcome,
            channel: c_string(it.channel),
            currency: it.currency.map(c_string),
            messages: it.messages,
            cost: c_string(it.cost.to_string()),
            unpriced: it.unpriced,
        }
    }
}

/// A list, each: the part of a pm_journal_counts with one outcome, channel and currency.
pub struct pm_journal_totals(pub(crate) Vec<JournalTotalEntry>);

impl From<Vec<JournalTotal>> for pm_journal_totals {
    fn from(list: Vec<JournalTotal>) -> Self {
        Self(list.into_iter().map(Into::into).collect())
    }
}

impl pm_journal_totals {
    pub(crate) fn entry(list: Option<&Self>, index: usize) -> Option<&JournalTotalEntry> {
        list?.0.get(index)
    }
}

/// Counts and costs of all that a journal has ever recorded; what was purged is in
/// them.
pub struct pm_journal_counts {
    pub(crate) sent: u64,
    pub(crate) rejected: u64,
    pub(crate) not_sent: u64,
    pub(crate) unknown: u64,
    pub(crate) in_progress: u64,
    pub(crate) conflicts: u64,
    pub(crate) totals: pm_journal_totals,
}

impl From<JournalSummary> for pm_journal_counts {
    fn from(it: JournalSummary) -> Self {
        Self {
            sent: it.sent,
            rejected: it.rejected,
            not_sent: it.not_sent,
            unknown: it.unknown,
            in_progress: it.in_progress,
            conflicts: it.conflicts,
            totals: it.totals.to_vec().into(),
        }
    }
}

/// Why a call failed, and what that means for the message.
///
/// An error says three things in one sentence each: what happened, what that means
/// for the message, and what to do. The same facts are available as fields. No
/// error ever holds the API key, a message's text or a whole recipient.
pub struct pm_error {
    pub(crate) class: CString,
    pub(crate) kind: CString,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) field: Option<CString>,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
    pub(crate) message: CString,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<CString>,
    pub(crate) request_id: Option<CString>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Option<CString>,
    pub(crate) trail: pm_trail,
    pub(crate) core: Error,
}

impl From<Error> for pm_error {
    fn from(it: Error) -> Self {
        Self {
            class: c_string(it.class().name()),
            kind: c_string(it.kind().as_str()),
            outcome: it.outcome(),
            field: it.field().map(c_string),
            attempts: it.attempts(),
            elapsed: it.elapsed(),
            message: c_string(it.message()),
            status: it.status(),
            code: it.code().map(c_string),
            request_id: it.request_id().map(c_string),
            retry_after: it.retry_after(),
            body: it.body().map(c_string),
            trail: it.trail().to_vec().into(),
            core: it,
        }
    }
}
