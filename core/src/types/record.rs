//! What the service says of a message that was sent before.

use std::fmt;

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::util::{decimal, json, mask_recipient};

/// A message as the service has it now.
///
/// Reading messages is not in the published document: that a record has the
/// members of a receipt, and the names of its timestamps, are assumptions. All
/// but `message_id` and `raw` may be absent.
#[derive(Clone)]
#[non_exhaustive]
pub struct MessageRecord {
    /// The service's id of the message.
    pub message_id: String,
    /// The recipient.
    pub recipient: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// The status, for example `SENT` or `DELIVERED`; an open set.
    pub status: Option<String>,
    /// What the message costs, exactly as the service wrote it.
    pub cost: Option<Decimal>,
    /// The currency of `cost`.
    pub currency: Option<String>,
    /// When the service took the message, as it wrote it (`createdAt`).
    pub created_at: Option<String>,
    /// When the status last changed, as the service wrote it (`updatedAt`).
    pub updated_at: Option<String>,
    raw: Box<RawValue>,
}

impl MessageRecord {
    /// Reads a record's object; `None` when it holds no message id.
    pub(crate) fn read(record: &RawValue) -> Option<Self> {
        let names =
            ["messageId", "recipient", "channel", "status", "cost", "currency", "createdAt", "updatedAt"];
        let [message_id, recipient, channel, status, cost, currency, created_at, updated_at] =
            json::fields(record.get(), names).ok()?;
        Some(Self {
            message_id: json::text_or_number(message_id).filter(|id| !id.is_empty())?,
            recipient: json::text(recipient),
            channel: json::text(channel),
            status: json::text(status),
            cost: decimal::amount(cost),
            currency: json::text(currency),
            created_at: json::text(created_at),
            updated_at: json::text(updated_at),
            raw: record.to_owned(),
        })
    }

    /// The whole record: JSON, as the service wrote it.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// The same, to be serialised; for bindings.
    #[doc(hidden)]
    #[must_use]
    pub fn raw_json(&self) -> &RawValue {
        &self.raw
    }
}

impl fmt::Debug for MessageRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageRecord")
            .field("message_id", &self.message_id)
            .field("recipient", &self.recipient.as_deref().map(mask_recipient))
            .field("channel", &self.channel)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
