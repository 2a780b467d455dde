//! The receipt as JSON text: one text is far cheaper to hand over than an object
//! with a text for each field.

use partner_messaging::Receipt;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::failure::milliseconds;

/// What the package makes a receipt from.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    message_id: &'a str,
    recipient: Option<&'a str>,
    channel: Option<&'a str>,
    status: Option<&'a str>,
    /// Exact decimal text, with the digits that the service wrote.
    cost: Option<String>,
    currency: Option<&'a str>,
    message: Option<&'a str>,
    attempts: u32,
    /// Milliseconds.
    elapsed: f64,
    raw: &'a RawValue,
}

pub(crate) fn to_json(receipt: &Receipt) -> serde_json::Result<String> {
    serde_json::to_string(&Fields {
        message_id: &receipt.message_id,
        recipient: receipt.recipient.as_deref(),
        channel: receipt.channel.as_deref(),
        status: receipt.status.as_deref(),
        cost: receipt.cost.map(|cost| cost.to_string()),
        currency: receipt.currency.as_deref(),
        message: receipt.message.as_deref(),
        attempts: receipt.attempts,
        elapsed: milliseconds(receipt.elapsed),
        raw: serde_json::from_str(receipt.raw())?,
    })
}
