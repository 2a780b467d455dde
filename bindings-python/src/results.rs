//! What calls give.

// A default that is more than a literal is one token for the macro in parentheses only.
#![allow(unused_parens)]

use partner_messaging::{Kind, Outcome};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::fields::{
    Amount, Amounts, Field, Headers, Json, Nested, Private, RawObject, Recipient, Record, Seconds, Sent,
    Tuple,
};
use crate::record::record;

/// A page's, which may be a list: a list of messages has no documented form.
type RawPage = RawObject;

record! {
    /// The service's word that it accepted a message: its outcome is always ``sent``.
    ///
    /// All but ``message_id`` and ``raw`` may be ``None``. Receipts are immutable,
    /// comparable, hashable and picklable; you can make one for your own tests.
    ///
    /// Example:
    ///     >>> from partner_messaging import Receipt
    ///     >>> Receipt(message_id="msg_1", cost="0.10", currency="SGD").cost
    ///     Decimal('0.10')
    Receipt(py, receipt: partner_messaging::Receipt, raw = receipt.raw().into()) {
        /// The service's id of the message.
        message_id: String = receipt.message_id;
        *
        /// The recipient, as the service gave it back.
        recipient: Option<Recipient> [None] = receipt.recipient.map(Recipient);
        /// The channel, as the service gave it back.
        channel: Option<String> [None] = receipt.channel;
        /// The message's status, for example ``SENT``; an open set.
        status: Option<String> [None] = receipt.status;
        /// What the message costs, exactly as the service wrote it.
        cost: Option<Amount> [None] = receipt.cost.map(Amount::from);
        /// The currency of ``cost``, for example ``SGD``.
        currency: Option<String> [None] = receipt.currency;
        /// The envelope's own message.
        message: Private [None] = Private(receipt.message);
        /// Whether the journal answered: the message was accepted before, and this call sent
        /// nothing. Then there are ``message_id``, ``channel``, ``cost`` and ``currency``, and no more.
        replayed: bool [false] = receipt.replayed;
        /// How many requests it took; 0 where the journal answered.
        attempts: u32 [1] = receipt.attempts;
        /// Seconds from the start of the call to the receipt.
        elapsed: Seconds [0.0] = receipt.elapsed.into();
        /// The envelope's whole ``data`` object.
        raw: RawObject [None] = raw;
        /// What became of the message, as errors have it: ``sent``.
        outcome: Sent [None] = Sent;
    }
}

record! {
    /// A message as the service has it now.
    ///
    /// All but ``message_id`` and ``raw`` may be ``None``. Records are immutable,
    /// comparable, hashable and picklable; you can make one for your own tests.
    /// That a record has a receipt's members, and the names of its times, are
    /// assumptions: the published document doesn't describe it.
    ///
    /// Example:
    ///     >>> from partner_messaging import MessageRecord
    ///     >>> MessageRecord("msg_1", recipient="+6591234567", status="DELIVERED").status
    ///     'DELIVERED'
    MessageRecord(py, record: partner_messaging::MessageRecord, raw = record.raw().into()) {
        /// The service's id of the message.
        message_id: String = record.message_id;
        *
        /// The recipient.
        recipient: Option<Recipient> [None] = record.recipient.map(Recipient);
        /// The channel.
        channel: Option<String> [None] = record.channel;
        /// The message's status, for example ``SENT`` or ``DELIVERED``; an open set.
        status: Option<String> [None] = record.status;
        /// What the message costs, exactly as the service wrote it.
        cost: Option<Amount> [None] = record.cost.map(Amount::from);
        /// The currency of ``cost``.
        currency: Option<String> [None] = record.currency;
        /// When the service took the message, as it wrote it.
        created_at: Option<String> [None] = record.created_at;
        /// When the status last changed, as the service wrote it.
        updated_at: Option<String> [None] = record.updated_at;
        /// The service's whole object.
        raw: RawObject [None] = raw;
    }
}

record! {
    /// One page of a list of messages, with the totals that the service reports.
    ///
    /// Pages are immutable, comparable, hashable and picklable; you can make one for
    /// your own tests. A list's form is an assumption: the published document
    /// doesn't describe it.
    Page(py, page: partner_messaging::Page, raw = page.raw().into()) {
        /// The messages, in the service's order.
        messages: Tuple<MessageRecord> = Tuple::from_core(py, page.messages)?;
        *
        /// The page's number, from 1, as it was asked for.
        page: u32 [1] = page.page;
        /// How many messages a page has, if the service says so.
        limit: Option<u64> [None] = page.limit;
        /// How many messages there are in all, if the service says so.
        total: Option<u64> [None] = page.total;
        /// How many pages there are in all, if the service says so.
        total_pages: Option<u64> [None] = page.total_pages;
        /// Whether there are more pages, if the service says so.
        has_more: Option<bool> [None] = page.has_more;
        /// The envelope's whole ``data``.
        raw: RawPage [None] = raw;
    }
}

record! {
    /// The credit that is left.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own
    /// tests. Its form is an assumption: the published document doesn't describe it.
    ///
    /// Example:
    ///     >>> from partner_messaging import Balance
    ///     >>> Balance("12.50", currency="SGD").amount
    ///     Decimal('12.50')
    Balance(py, balance: partner_messaging::Balance, raw = balance.raw().into()) {
        /// The amount, exactly as the service wrote it.
        amount: Amount = balance.amount.into();
        *
        /// Its currency, for example ``SGD``.
        currency: Option<String> [None] = balance.currency;
        /// The envelope's whole ``data`` object.
        raw: RawObject [None] = raw;
    }
}

record! {
    /// What the messages of one channel cost, in one currency, as their receipts say.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    Spending(py, entry: partner_messaging::Spending) {
        /// The channel, as the receipts say, else as the messages said.
        channel: String = entry.channel;
        /// The currency, if the receipts say.
        currency: Option<String> = entry.currency;
        /// The sum of the costs, exact.
        cost: Amount = entry.cost.into();
        /// How many messages were sent.
        messages: u64 = entry.messages;
        *
        /// How many of them have no cost on their receipt, so that ``cost`` is without theirs.
        unpriced: u64 [0] = entry.unpriced;
    }
}

record! {
    /// The service's answer to a ``request``: a success.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    Reply(py, reply: partner_messaging::Reply, data = reply.data().map_or_else(Json::null, Json::from)) {
        /// The HTTP status, 200 to 299.
        status: u16 [200] = reply.status;
        /// The envelope's ``data``; ``None`` where there is none.
        data: Json [None] = data;
        *
        /// The envelope's own message.
        message: Private [None] = Private(reply.message);
        /// The answer's headers, by their names in lower case.
        headers: Headers [None] = reply.headers.into();
        /// Whether the journal answered: the request was carried out before, and this call
        /// made none. Then there are no data and no headers.
        replayed: bool [false] = reply.replayed;
        /// How many requests it took; 0 where the journal answered.
        attempts: u32 [1] = reply.attempts;
    }
}

record! {
    /// What became of one message of a ``send_with_fallback``.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    FallbackStep(py, step: partner_messaging::FallbackStep) {
        /// The message's channel.
        channel: String = step.channel;
        /// What became of it: ``sent``, ``rejected``, ``not_sent`` or ``unknown``.
        outcome: Option<String> = step.outcome.map(Outcome::as_str).map(str::to_owned);
        *
        /// The stable word for what went wrong, unless it was sent.
        kind: Option<String> [None] = step.kind.map(Kind::as_str).map(str::to_owned);
        /// The HTTP status of the answer, if it failed and there was one.
        status: Option<u16> [None] = step.status;
        /// The service's code, if it refused.
        code: Option<String> [None] = step.code;
        /// The message's id, if it was sent.
        message_id: Option<String> [None] = step.message_id;
        /// How many requests it took.
        attempts: u32 [1] = step.attempts;
    }
}

record! {
    /// The receipt of a message that was accepted by way of ``send_with_fallback``.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    FallbackReceipt(py, accepted: partner_messaging::FallbackReceipt) {
        /// The accepted message's receipt.
        receipt: Nested<Receipt> = Nested::from_core(py, accepted.receipt)?;
        /// What became of each message that was tried, in order; the last was sent.
        trail: Tuple<FallbackStep> = Tuple::from_core(py, accepted.trail)?;
        *
        /// What became of the message, as errors have it: ``sent``.
        outcome: Sent [None] = Sent;
    }
}

record! {
    /// What a call told of a key after the record had said something else: a person
    /// resolved it wrongly, or the service gave one message id twice.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    JournalConflict(py, conflict: partner_messaging::JournalConflict) {
        /// What became of the message according to the call.
        outcome: String = conflict.outcome.as_str().to_owned();
        *
        /// The service's id of the message, if it accepted one.
        message_id: Option<String> [None] = conflict.message_id;
        /// When the call told it: RFC 3339, UTC, to the millisecond.
        at: String [(String::new())] = conflict.at;
    }
}

record! {
    /// What a journal has under one key: what became of its message. It holds neither the
    /// message's text nor its recipient.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    JournalRecord(py, record: partner_messaging::JournalRecord) {
        /// The key, as the caller gave it.
        key: String = record.key;
        *
        /// What became of the message; ``None`` while its call is in progress.
        outcome: Option<String> [None] = record.outcome.map(Outcome::as_str).map(str::to_owned);
        /// Whether a person said so, or a look at the service's list: the call itself did not.
        resolved: bool [false] = record.resolved;
        /// The channel: of the accepted message, else of the one that was to be sent.
        channel: Option<String> [None] = record.channel;
        /// Why the call failed, if it did: an error's ``kind``.
        kind: Option<String> [None] = record.kind.map(Kind::as_str).map(str::to_owned);
        /// The service's own code, if it refused with one.
        code: Option<String> [None] = record.code;
        /// The service's id of the accepted message.
        message_id: Option<String> [None] = record.message_id;
        /// What the message cost, exact.
        cost: Option<Amount> [None] = record.cost.map(Amount::from);
        /// The currency of ``cost``.
        currency: Option<String> [None] = record.currency;
        /// When the key was claimed for the call: RFC 3339, UTC, to the millisecond.
        claimed_at: String [(String::new())] = record.claimed_at;
        /// After this moment nothing of the call leaves its process any more.
        deadline: String [(String::new())] = record.deadline;
        /// When the outcome was recorded or resolved.
        ended_at: Option<String> [None] = record.ended_at;
        /// The id of the claim: each call that claims the key has another.
        claim_id: String [(String::new())] = record.claim_id;
        /// What contradicts the record, if anything does.
        conflict: Option<Nested<JournalConflict>> [None] =
            record.conflict.map(|it| Nested::from_core(py, it)).transpose()?;
    }
}

record! {
    /// The part of a ``JournalSummary`` with one outcome, channel and currency.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    JournalTotal(py, total: partner_messaging::JournalTotal) {
        /// What became of these messages; ``None`` while their calls are in progress.
        outcome: Option<String> = total.outcome.map(Outcome::as_str).map(str::to_owned);
        /// Their channel.
        channel: String = total.channel;
        /// The currency of their costs, if the receipts say.
        currency: Option<String> = total.currency;
        /// How many there are.
        messages: u64 = total.messages;
        /// The sum of their costs, exact.
        cost: Amount = total.cost.into();
        *
        /// How many accepted ones have no cost, so that ``cost`` is without theirs.
        unpriced: u64 [0] = total.unpriced;
    }
}

record! {
    /// Counts and costs of all that a journal has ever recorded; what was purged is in them.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    JournalSummary(py, summary: partner_messaging::JournalSummary) {
        *
        /// How many messages the service accepted.
        sent: u64 [0] = summary.sent;
        /// How many it refused.
        rejected: u64 [0] = summary.rejected;
        /// How many provably did not leave.
        not_sent: u64 [0] = summary.not_sent;
        /// How many may have been accepted.
        unknown: u64 [0] = summary.unknown;
        /// How many calls are in progress.
        in_progress: u64 [0] = summary.in_progress;
        /// How many records have a conflict.
        conflicts: u64 [0] = summary.conflicts;
        /// The same by outcome, channel and currency, in that order.
        totals: Tuple<JournalTotal> [(Vec::new())] = Tuple::from_core(py, summary.totals)?;
    }
}

record! {
    /// The sums of a ``send_many``. At any time ``taken`` is ``sent`` + ``replayed`` +
    /// ``rejected`` + ``not_sent`` + ``unknown`` + ``in_flight``; at its end ``in_flight`` is 0.
    ///
    /// Immutable, comparable, hashable and picklable; you can make one for your own tests.
    BatchSummary(py, summary: partner_messaging::BatchSummary) {
        *
        /// How many messages were taken from the source.
        taken: u64 [0] = summary.taken;
        /// How many the service accepted in this run.
        sent: u64 [0] = summary.sent;
        /// How many had been accepted before, by the journal: for these nothing was sent.
        replayed: u64 [0] = summary.replayed;
        /// How many the service refused.
        rejected: u64 [0] = summary.rejected;
        /// How many provably did not leave.
        not_sent: u64 [0] = summary.not_sent;
        /// How many may have been accepted; in this run, or before by the journal.
        unknown: u64 [0] = summary.unknown;
        /// How many have not ended yet.
        in_flight: u64 [0] = summary.in_flight;
        /// What those that were sent in this run cost, by currency: exact each a ``Decimal``.
        cost: Amounts [None] = summary.cost.into();
        /// How many of them have no cost that could be added, so that ``cost`` is without theirs.
        unpriced: u64 [0] = summary.unpriced;
        /// Seconds since the run began, or that it took.
        elapsed: Seconds [0.0] = summary.elapsed.into();
        /// How many messages ended in a second, on the average of that time; those that the
        /// journal answered are not counted.
        rate: Seconds [0.0] = summary.rate.into();
    }
}

/// What was spent, as Python sees it.
pub(crate) fn spending(
    py: Python<'_>,
    entries: Vec<partner_messaging::Spending>,
) -> PyResult<Bound<'_, PyTuple>> {
    tuple::<Spending>(py, entries)
}

/// The steps of a fallback, as Python sees them.
pub(crate) fn trail<'py>(
    py: Python<'py>,
    steps: &[partner_messaging::FallbackStep],
) -> PyResult<Bound<'py, PyTuple>> {
    tuple::<FallbackStep>(py, steps.to_vec())
}

fn tuple<T: Record>(py: Python<'_>, items: Vec<T::Core>) -> PyResult<Bound<'_, PyTuple>> {
    let items = items.into_iter().map(|item| Bound::new(py, T::from_core(py, item)?));
    PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)
}
