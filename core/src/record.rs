//! What the service says of a message that was sent before.

use std::fmt;

use http::{HeaderMap, Method, Uri};
use rust_decimal::Decimal;
use serde_json::value::RawValue;
use url::Url;

use crate::call::Operation;
use crate::endpoints;
use crate::error::Error;
use crate::money;
use crate::object;
use crate::secret::mask_recipient;
use crate::transport::Answer;
use crate::verdict::{self, Asked, Verdict};

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
            object::members(record.get(), names).ok()?;
        Some(Self {
            message_id: object::text(message_id).filter(|id| !id.is_empty())?,
            recipient: object::text(recipient),
            channel: object::text(channel),
            status: object::text(status),
            cost: money::amount(cost),
            currency: object::text(currency),
            created_at: object::text(created_at),
            updated_at: object::text(updated_at),
            raw: record.to_owned(),
        })
    }

    /// The whole record as the service wrote it: JSON text.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
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

/// Asks for one message.
pub(crate) struct GetMessage<'a> {
    pub(crate) url: Url,
    pub(crate) id: &'a str,
}

impl Operation for GetMessage<'_> {
    type Output = MessageRecord;
    const NAME: &'static str = "get_message";

    fn method(&self) -> Method {
        Method::GET
    }

    fn url(&self) -> Result<Uri, Error> {
        endpoints::uri(&self.url)
    }

    fn judge(&self, answer: &Answer, sent: &HeaderMap) -> Verdict<MessageRecord> {
        let asked = Asked { subject: "to tell of the message", secrets: &|| Some(Vec::new()), sent };
        let verdict = verdict::of_read(answer, &asked, "record of that message", |(data, _)| {
            MessageRecord::read(data?).filter(|record| record.message_id == self.id)
        });
        verdict.naming_endpoint("endpoints.get_message")
    }
}
