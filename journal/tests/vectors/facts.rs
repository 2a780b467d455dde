//! What came of a call, as the JSON that the cases speak of.

use partner_messaging::{
    Balance, Error, FallbackReceipt, FallbackStep, JournalRecord, JournalSummary, Kind, MessageRecord,
    Outcome, Page, Receipt, Reply, Spending,
};
use serde_json::{Value, json};

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn receipt_facts(receipt: &Receipt) -> Value {
    json!({
        "message_id": receipt.message_id,
        "recipient": receipt.recipient,
        "channel": receipt.channel,
        "status": receipt.status,
        "cost": receipt.cost.map(|cost| cost.to_string()),
        "currency": receipt.currency,
        "message": receipt.message,
        "replayed": receipt.replayed,
        "attempts": receipt.attempts,
        "raw": parsed(receipt.raw()),
    })
}

pub(crate) fn error_facts(error: &Error) -> Value {
    json!({
        "class": error.class().name(),
        "outcome": error.outcome().map(Outcome::as_str),
        "kind": error.kind().as_str(),
        "code": error.code(),
        "status": error.status(),
        "field": error.field(),
        "attempts": error.attempts(),
        "retry_after_ms": error.retry_after().map(|pause| u64::try_from(pause.as_millis()).unwrap()),
        "request_id": error.request_id(),
        "body": error.body(),
        "trail": trail_facts(error.trail()),
    })
}

pub(crate) fn trail_facts(trail: &[FallbackStep]) -> Value {
    let steps = trail.iter().map(|step| {
        json!({
            "channel": step.channel,
            "outcome": step.outcome.map(Outcome::as_str),
            "kind": step.kind.map(Kind::as_str),
            "status": step.status,
            "code": step.code,
            "message_id": step.message_id,
            "attempts": step.attempts,
        })
    });
    steps.collect()
}

pub(crate) fn fallback_facts(accepted: &FallbackReceipt) -> Value {
    let mut facts = receipt_facts(&accepted.receipt);
    facts["trail"] = trail_facts(&accepted.trail);
    facts
}

pub(crate) fn record_facts(record: &MessageRecord) -> Value {
    json!({
        "message_id": record.message_id,
        "recipient": record.recipient,
        "channel": record.channel,
        "status": record.status,
        "cost": record.cost.map(|cost| cost.to_string()),
        "currency": record.currency,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "raw": parsed(record.raw()),
    })
}

pub(crate) fn page_facts(page: &Page) -> Value {
    json!({
        "page": page.page,
        "limit": page.limit,
        "total": page.total,
        "total_pages": page.total_pages,
        "has_more": page.has_more,
        "ids": page.messages.iter().map(|message| message.message_id.clone()).collect::<Vec<_>>(),
    })
}

pub(crate) fn balance_facts(balance: &Balance) -> Value {
    json!({"amount": balance.amount.to_string(), "currency": balance.currency, "raw": parsed(balance.raw())})
}

pub(crate) fn reply_facts(reply: &Reply) -> Value {
    json!({
        "status": reply.status,
        "message": reply.message,
        "replayed": reply.replayed,
        "attempts": reply.attempts,
        "data": reply.data_as::<Value>().unwrap(),
        "headers": reply.headers.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
    })
}

pub(crate) fn spending_facts(entries: &[Spending]) -> Value {
    let entries = entries.iter().map(|it| {
        json!({
            "channel": it.channel,
            "currency": it.currency,
            "cost": it.cost.to_string(),
            "messages": it.messages,
            "unpriced": it.unpriced,
        })
    });
    entries.collect()
}

pub(crate) fn journal_record_facts(record: &JournalRecord) -> Value {
    json!({
        "key": record.key,
        "outcome": record.outcome.map(Outcome::as_str),
        "resolved": record.resolved,
        "channel": record.channel,
        "kind": record.kind.map(Kind::as_str),
        "code": record.code,
        "message_id": record.message_id,
        "cost": record.cost.map(|cost| cost.to_string()),
        "currency": record.currency,
        "conflict": record.conflict.as_ref().map(|conflict| {
            json!({"outcome": conflict.outcome.as_str(), "message_id": conflict.message_id})
        }),
    })
}

pub(crate) fn journal_records_facts(records: &[JournalRecord]) -> Value {
    records.iter().map(journal_record_facts).collect()
}

pub(crate) fn journal_summary_facts(summary: &JournalSummary) -> Value {
    let totals = summary.totals.iter().map(|it| {
        json!({
            "outcome": it.outcome.map(Outcome::as_str),
            "channel": it.channel,
            "currency": it.currency,
            "messages": it.messages,
            "cost": it.cost.to_string(),
            "unpriced": it.unpriced,
        })
    });
    json!({
        "sent": summary.sent,
        "rejected": summary.rejected,
        "not_sent": summary.not_sent,
        "unknown": summary.unknown,
        "in_progress": summary.in_progress,
        "conflicts": summary.conflicts,
        "totals": totals.collect::<Vec<_>>(),
    })
}
