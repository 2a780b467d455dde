//! A message that the service accepted, and `GET /partner/message/{messageId}`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use percent_encoding::percent_decode_str;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::api::code::Code;
use crate::api::response::{Refusal, Response};
use crate::bounded::Size;
use crate::inbox::{Accepted, Due};
use crate::record::Received;
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
    data: Data,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// An accepted message. Its status is not kept but told from the time that has passed;
/// serialised it is its present record and the request it came in.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    data: Data,
    sender: Option<String>,
    request: Arc<Received>,
    created_at: Timestamp,
    /// The same moment on a clock that nobody sets.
    accepted: Instant,
    /// The setting when the message was accepted.
    delivery: Delivery,
    advanced: Option<(String, Timestamp)>,
}

impl Message {
    /// The message that a request held and that was accepted with this answer.
    pub(crate) fn accept(
        data: Data,
        message: &Map<String, Value>,
        request: Arc<Received>,
        delivery: Delivery,
    ) -> Message {
        let text = |field| message.get(field)?.as_str();
        Message {
            data,
            sender: text("from").or_else(|| text("senderId")).map(str::to_owned),
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

    /// What the inbox tells of it.
    pub(crate) fn accepted(&self) -> Accepted {
        let due = |after| Due { status: self.delivery.status.clone(), at: self.created_at.plus_ms(after) };
        Accepted {
            id: self.data.message_id.clone(),
            status: self.data.status.clone(),
            cost: self.data.cost.get().to_owned(),
            currency: self.data.currency.clone(),
            due: self.delivery.after_ms.map(due),
        }
    }

    /// The message as it stands now.
    pub(crate) fn record(&self) -> Record {
        let (status, updated_at) = self.status();
        Record {
            data: Data { status: status.to_owned(), ..self.data.clone() },
            sender: self.sender.clone(),
            created_at: self.created_at,
            updated_at,
        }
    }

    /// The present status, and since when it is that.
    pub(crate) fn status(&self) -> (&str, Timestamp) {
        if let Some((status, at)) = &self.advanced {
            return (status, *at);
        }
        match self.delivery.after_ms {
            Some(after) if self.accepted.elapsed() >= Duration::from_millis(after) => {
                (&self.delivery.status, self.created_at.plus_ms(after))
            }
            _ => (&self.data.status, self.created_at),
        }
    }

    pub(crate) fn channel(&self) -> &str {
        &self.data.channel
    }

    pub(crate) fn recipient(&self) -> &str {
        &self.data.recipient
    }

    pub(crate) fn sender(&self) -> Option<&str> {
        self.sender.as_deref()
    }

    pub(crate) fn created_at(&self) -> Timestamp {
        self.created_at
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole {
            #[serde(flatten)]
            record: Record,
            request: Option<Map<String, Value>>,
        }
        Whole { record: self.record(), request: self.request.message() }.serialize(out)
    }
}

impl Size for Message {
    fn bytes(&self) -> usize {
        self.request.bytes()
    }
}

/// The id in a path of this endpoint.
pub(crate) fn id(route: &str) -> Option<&str> {
    let id = route.strip_prefix("/partner/message/")?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}

pub(crate) fn message(world: &World, id: &str) -> Result<Response, Refusal> {
    let id = percent_decode_str(id).decode_utf8_lossy();
    match world.messages.iter().find(|message| message.id() == id) {
        Some(message) => Ok(Response::success(None, &message.record())),
        None => Err(Refusal::new(Code::MessageNotFound, "Message not found or access denied")),
    }
}
