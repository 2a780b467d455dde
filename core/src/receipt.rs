//! The receipt: the service's word that it accepted a message.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::money;
use crate::object;
use crate::secret::mask_recipient;

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
    /// How many requests it took: 1 unless earlier ones provably sent nothing or were refused.
    pub attempts: u32,
    /// The time from the start of the call to the receipt.
    pub elapsed: Duration,
    pub(crate) raw: Box<RawValue>,
}

impl Receipt {
    /// Reads the envelope's `data`; `None` when it holds no message id.
    pub(crate) fn read(data: &RawValue, message: Option<String>) -> Option<Self> {
        let [message_id, recipient, channel, status, cost, currency] =
            object::members(data.get(), ["messageId", "recipient", "channel", "status", "cost", "currency"])
                .ok()?;
        let message_id = object::text(message_id).filter(|id| !id.is_empty())?;
        Some(Self {
            message_id,
            recipient: object::text(recipient),
            channel: object::text(channel),
            status: object::text(status),
            cost: money::amount(cost),
            currency: object::text(currency),
            message,
            attempts: 1,
            elapsed: Duration::ZERO,
            raw: data.to_owned(),
        })
    }

    /// The envelope's whole `data` object as the service wrote it: JSON text.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
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
