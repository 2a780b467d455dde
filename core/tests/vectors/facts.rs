//! What came of a call, as the JSON that the cases speak of.

use partner_messaging::{
    Balance, Error, FallbackReceipt, FallbackStep, Kind, MessageRecord, Outcome, Page, Receipt, Reply,
    Spending,
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
