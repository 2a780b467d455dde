//! A message that the service accepted, and `GET /partner/message/{messageId}`.

use std::time::{Duration, Instant};

use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::api::answer::{Answer, Refusal};
use crate::api::code::Code;
use crate::shared::World;
use crate::state::Delivery;
use crate::timestamp::Timestamp;

/// What the answer to a send says about the message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Data {
    pub(crate) message_id: String,
    pub(crate) recipient: String,
    pub(crate) channel: String,
    pub(crate) status: String,
    /// A JSON number with exactly the price's digits.
    pub(crate) cost: Box<RawValue>,
    pub(crate) currency: String,
}

/// What the service says about a message later on.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    #[serde(flatten)]
    pub(crate) data: Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sender: Option<String>,
    pub(crate) created_at: Timestamp,
    updated_at: Timestamp,
}

/// An accepted message. Its status is not kept but told from the time that has passed;
/// serialised it is its present record and the request it came in.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    data: Data,
    request: Map<String, Value>,
    created_at: Timestamp,
    /// The same moment on a clock that nobody sets.
    accepted: Instant,
    /// The setting when the message was accepted.
    delivery: Delivery,
    advanced: Option<(String, Timestamp)>,
}

impl Message {
    pub(crate) fn accept(data: Data, request: Map<String, Value>, delivery: Delivery) -> Message {
        Message {
            data,
            request,
            created_at: Timestamp::now(),
            accepted: Instant::now(),
            delivery,
            advanced: None,
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.data.message_id
    }

    /// Gives the message a status that it keeps: it no longer changes by itself.
    pub(crate) fn advance(&mut self, status: &str) {
        let passed = self.accepted.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        self.advanced = Some((status.to_owned(), self.created_at.plus_ms(passed)));
    }

    /// The message as it stands now.
    pub(crate) fn record(&self) -> Record {
        let mut record = Record {
            data: self.data.clone(),
            sender: self.sender(),
            created_at: self.created_at,
            updated_at: self.created_at,
        };
        if let Some((status, at)) = &self.advanced {
            record.data.status.clone_from(status);
            record.updated_at = *at;
        } else if let Some(after) = self.delivery.after_ms
            && self.accepted.elapsed() >= Duration::from_millis(after)
        {
            record.data.status.clone_from(&self.delivery.status);
            record.updated_at = self.created_at.plus_ms(after);
        }
        record
    }

    fn sender(&self) -> Option<String> {
        let text = |field| self.request.get(field).and_then(Value::as_str);
        text("from").or_else(|| text("senderId")).map(str::to_owned)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            record: Record,
            request: &'a Map<String, Value>,
        }
        Whole { record: self.record(), request: &self.request }.serialize(out)
    }
}

/// The id in a path of this endpoint.
pub(crate) fn id(route: &str) -> Option<&str> {
    let id = route.strip_prefix("/partner/message/")?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

pub(crate) fn message(world: &World, id: &str) -> Result<Answer, Refusal> {
    let id = percent_decode_str(id).decode_utf8_lossy();
    match world.messages.iter().find(|message| message.id() == id) {
        Some(message) => Ok(Answer::success(None, &message.record())),
        None => Err(Refusal::new(Code::MessageNotFound, "Message not found or access denied")),
    }
}
