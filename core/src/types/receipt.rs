//! The receipt: the service's word that it accepted a message.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::value::{RawValue, to_raw_value};

use super::JournalRecord;
use crate::error::FallbackStep;
use crate::util::{decimal, json, mask_recipient};

/// The service's word that it accepted a message: its outcome is always `sent`.
///
/// All but `message_id` and `raw` may be absent; their absence does not change
/// the outcome.
#[derive(Clone)]
#[non_exhaustive]
pub struct Receipt {
    /// The service's id of the message.
    pub message_id: String,
    /// The recipient, as the service gave it back.
    pub recipient: Option<String>,
    /// The channel, as the service gave it back.
    pub channel: Option<String>,
    /// The message's status, for example `SENT`; an open set.
    pub status: Option<String>,
    /// What the message costs, exactly as the service wrote it.
    pub cost: Option<Decimal>,
    /// The currency of `cost`, for example `SGD`.
    pub currency: Option<String>,
    /// The envelope's own message, for example `Message sent successfully.`
    pub message: Option<String>,
    /// Whether the journal answered: the message was accepted before, and this call sent
    /// nothing. Then there are `message_id`, `channel`, `cost` and `currency`, and no more.
    pub replayed: bool,
    /// How many requests it took: 1 unless earlier ones provably sent nothing or were
    /// refused; 0 where the journal answered.
    pub attempts: u32,
    /// The time from the start of the call to the receipt.
    pub elapsed: Duration,
    pub(crate) raw: Box<RawValue>,
}

impl Receipt {
    /// Reads the envelope's `data`; `None` when it holds no message id.
    pub(crate) fn read(data: &RawValue, message: Option<String>) -> Option<Self> {
        let [message_id, recipient, channel, status, cost, currency] =
            json::fields(data.get(), ["messageId", "recipient", "channel", "status", "cost", "currency"])
                .ok()?;
        let message_id = json::text_or_number(message_id).filter(|id| !id.is_empty())?;
        Some(Self {
            message_id,
            recipient: json::text(recipient),
            channel: json::text(channel),
            status: json::text(status),
            cost: decimal::amount(cost),
            currency: json::text(currency),
            message,
            replayed: false,
            attempts: 1,
            elapsed: Duration::ZERO,
            raw: data.to_owned(),
        })
    }

    /// The receipt of a message that a journal says was accepted.
    pub(crate) fn replay(record: JournalRecord) -> Self {
        let raw = serde_json::json!({
            "messageId": record.message_id,
            "channel": record.channel,
            "cost": record.cost.map(|cost| cost.to_string()),
            "currency": record.currency,
        });
        Self {
            message_id: record.message_id.unwrap_or_default(),
            recipient: None,
            channel: record.channel,
            status: None,
            cost: record.cost,
            currency: record.currency,
            message: None,
            replayed: true,
            attempts: 0,
            elapsed: Duration::ZERO,
            raw: to_raw_value(&raw).unwrap_or_else(|_| RawValue::NULL.to_owned()),
        }
    }

    /// The envelope's whole `data` object: JSON, as the service wrote it.
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

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("message_id", &self.message_id)
            .field("recipient", &self.recipient.as_deref().map(mask_recipient))
            .field("channel", &self.channel)
            .field("status", &self.status)
            .field("cost", &self.cost)
            .field("currency", &self.currency)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The receipt of a message that was accepted by way of
/// [`send_with_fallback`](crate::Client::send_with_fallback).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FallbackReceipt {
    /// The accepted message's receipt.
    pub receipt: Receipt,
    /// What became of each message that was tried, in order; the last was sent.
    pub trail: Vec<FallbackStep>,
}
