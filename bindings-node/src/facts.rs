//! What calls come to, as JSON text: one text is far cheaper to hand over than
//! an object with a text for each field.

use partner_messaging::{
    Balance, Decimal, FallbackReceipt, FallbackStep, Kind, MessageRecord, Outcome, Page, Receipt, Reply,
    Spending,
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::milliseconds;

/// Something that the package makes an object from.
pub(crate) trait Facts {
    /// Writes it as JSON.
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()>;
}

/// A list, in the order of the fields of the package's `Receipt`: there are many of
/// them, and a list is half the work of an object.
impl Facts for Receipt {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let fields = (
            &self.message_id,
            &self.recipient,
            &self.channel,
            &self.status,
            // Exact decimal text, with the digits that the service wrote.
            text(self.cost),
            &self.currency,
            &self.message,
            self.attempts,
            milliseconds(self.elapsed),
        );
        serde_json::to_writer(&mut *out, &fields)?;
        // The last field is JSON as it is.
        out.pop();
        out.push(b',');
        out.extend_from_slice(self.raw().as_bytes());
        out.push(b']');
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepFacts<'a> {
    channel: &'a str,
    outcome: Option<&'static str>,
    kind: Option<&'static str>,
    status: Option<u16>,
    code: Option<&'a str>,
    message_id: Option<&'a str>,
    attempts: u32,
}

impl<'a> StepFacts<'a> {
    fn of(step: &'a FallbackStep) -> Self {
        Self {
            channel: &step.channel,
            outcome: step.outcome.map(Outcome::as_str),
            kind: step.kind.map(Kind::as_str),
            status: step.status,
            code: step.code.as_deref(),
            message_id: step.message_id.as_deref(),
            attempts: step.attempts,
        }
    }
}

/// The steps of a fallback, a JSON list.
pub(crate) fn trail(steps: &[FallbackStep]) -> serde_json::Result<String> {
    serde_json::to_string(&steps.iter().map(StepFacts::of).collect::<Vec<_>>())
}

/// The receipt and the trail, a list.
impl Facts for FallbackReceipt {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.push(b'[');
        self.receipt.write(out)?;
        out.push(b',');
        out.extend_from_slice(trail(&self.trail)?.as_bytes());
        out.push(b']');
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordFacts<'a> {
    message_id: &'a str,
    recipient: Option<&'a str>,
    channel: Option<&'a str>,
    status: Option<&'a str>,
    cost: Option<String>,
    currency: Option<&'a str>,
    created_at: Option<&'a str>,
    updated_at: Option<&'a str>,
    raw: &'a RawValue,
}

impl<'a> RecordFacts<'a> {
    fn of(record: &'a MessageRecord) -> serde_json::Result<Self> {
        Ok(Self {
            message_id: &record.message_id,
            recipient: record.recipient.as_deref(),
            channel: record.channel.as_deref(),
            status: record.status.as_deref(),
            cost: text(record.cost),
            currency: record.currency.as_deref(),
            created_at: record.created_at.as_deref(),
            updated_at: record.updated_at.as_deref(),
            raw: serde_json::from_str(record.raw())?,
        })
    }
}

impl Facts for MessageRecord {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(out, &RecordFacts::of(self)?)
    }
}

/// A page, or the end of the list (`null`).
impl Facts for Option<Page> {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields<'a> {
            messages: Vec<RecordFacts<'a>>,
            page: u32,
            limit: Option<u64>,
            total: Option<u64>,
            total_pages: Option<u64>,
            has_more: Option<bool>,
            raw: &'a RawValue,
        }
        let Some(page) = self else { return serde_json::to_writer(out, &()) };
        let messages: serde_json::Result<_> = page.messages.iter().map(RecordFacts::of).collect();
        serde_json::to_writer(
            out,
            &Fields {
                messages: messages?,
                page: page.page,
                limit: page.limit,
                total: page.total,
                total_pages: page.total_pages,
                has_more: page.has_more,
                raw: serde_json::from_str(page.raw())?,
            },
        )
    }
}

impl Facts for Balance {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        #[derive(Serialize)]
        struct Fields<'a> {
            amount: String,
            currency: Option<&'a str>,
            raw: &'a RawValue,
        }
        let (amount, currency) = (self.amount.to_string(), self.currency.as_deref());
        serde_json::to_writer(out, &Fields { amount, currency, raw: serde_json::from_str(self.raw())? })
    }
}

impl Facts for Reply {
    fn write(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
        #[derive(Serialize)]
        struct Fields<'a> {
            status: u16,
            data: Option<&'a RawValue>,
            message: Option<&'a str>,
            /// Names and values in turn.
            headers: &'a [(String, String)],
            attempts: u32,
            /// Milliseconds.
            elapsed: f64,
        }
        serde_json::to_writer(
            out,
            &Fields {
                status: self.status,
                data: self.data().map(serde_json::from_str).transpose()?,
                message: self.message.as_deref(),
                headers: &self.headers,
                attempts: self.attempts,
                elapsed: milliseconds(self.elapsed),
            },
        )
    }
}

/// The entries of a ledger, a JSON list.
pub(crate) fn spending(entries: &[Spending]) -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Fields<'a> {
        channel: &'a str,
        currency: Option<&'a str>,
        cost: String,
        messages: u64,
        unpriced: u64,
    }
    let entries = entries.iter().map(|entry| Fields {
        channel: &entry.channel,
        currency: entry.currency.as_deref(),
        cost: entry.cost.to_string(),
        messages: entry.messages,
        unpriced: entry.unpriced,
    });
    serde_json::to_string(&entries.collect::<Vec<_>>())
}

fn text(amount: Option<Decimal>) -> Option<String> {
    amount.map(|amount| amount.to_string())
}
