//! One request as the inbox's list shows it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::api::Response;
use crate::bounded::Size;
use crate::fault::{Fault, FaultKind};
use crate::inbox::Outcome;
use crate::inbox::preview::{Preview, beginning};
use crate::record::Received;
use crate::timestamp::Timestamp;

/// How many characters of a field that is usually short are shown.
const MAX_FIELD: usize = 200;

/// A request, its answer, and what a fault did to them.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    /// Absent if a fault cut it off before it was read.
    pub(crate) request: Option<Arc<Received>>,
    /// The service's, also where a fault keeps it from the client.
    pub(crate) answer: Option<Response>,
    pub(crate) fault: Option<FaultKind>,
    /// The message that the service accepted.
    pub(crate) message: Option<Accepted>,
    /// Absent for a request that sends nothing.
    pub(crate) outcome: Option<Outcome>,
    summary: Summary,
}

/// What the list shows of a request besides.
#[derive(Debug, Default)]
struct Summary {
    channel: Option<String>,
    to: Option<String>,
    from: Option<String>,
    text: String,
    /// Whether the message says more than `text`.
    cut: bool,
    /// Requests of the same path and body have the same.
    same: u64,
    /// The refusal's.
    code: Option<String>,
    error: Option<String>,
}

/// What the list shows of an accepted message.
#[derive(Debug, Serialize)]
pub(crate) struct Accepted {
    pub(crate) id: String,
    pub(crate) status: String,
    /// Decimal text with the price's own digits.
    pub(crate) cost: String,
    pub(crate) currency: String,
    pub(crate) due: Option<Due>,
}

/// The status that a message will have by itself, and when.
#[derive(Debug, Serialize)]
pub(crate) struct Due {
    pub(crate) status: String,
    #[serde(serialize_with = "Timestamp::as_ms")]
    pub(crate) at: Timestamp,
}

/// An entry as the page gets it.
#[derive(Serialize)]
pub(crate) struct EntryView<'a> {
    /// The event's number.
    n: u64,
    #[serde(serialize_with = "Timestamp::as_ms")]
    at: Timestamp,
    method: &'a str,
    path: &'a str,
    channel: Option<&'a str>,
    to: Option<&'a str>,
    from: Option<&'a str>,
    text: &'a str,
    cut: bool,
    /// Text: JavaScript's numbers don't hold it.
    same: String,
    /// The answer's.
    status: Option<u16>,
    code: Option<&'a str>,
    error: Option<&'a str>,
    fault: Option<Fault>,
    message: Option<&'a Accepted>,
    outcome: Option<Outcome>,
}

impl Entry {
    /// A request whose body is this JSON, if it is any.
    pub(crate) fn new(
        request: Arc<Received>,
        body: Option<&Value>,
        answer: Response,
        fault: Option<FaultKind>,
        message: Option<Accepted>,
    ) -> Entry {
        let outcome = crate::api::is_send(&request).then(|| Outcome::for_client(&answer, fault.as_ref()));
        Entry {
            at: Timestamp::now(),
            summary: Summary::new(&request, body.filter(|_| outcome.is_some()), &answer),
            request: Some(request),
            answer: Some(answer),
            fault,
            message,
            outcome,
        }
    }

    /// A request that was cut off. What it was nobody knows; it may have been a send.
    pub(crate) fn unread() -> Entry {
        Entry {
            at: Timestamp::now(),
            request: None,
            answer: None,
            fault: Some(FaultKind::CloseBeforeRead),
            message: None,
            outcome: Some(Outcome::Unknown),
            summary: Summary::default(),
        }
    }

    pub(crate) fn view(&self, number: u64) -> EntryView<'_> {
        let request = self.request.as_deref();
        let summary = &self.summary;
        EntryView {
            n: number,
            at: self.at,
            method: request.map_or("", |request| beginning(&request.method, MAX_FIELD)),
            path: request.map_or("", |request| beginning(&request.path, MAX_FIELD)),
            channel: summary.channel.as_deref(),
            to: summary.to.as_deref(),
            from: summary.from.as_deref(),
            text: &summary.text,
            cut: summary.cut,
            same: request.map_or_else(String::new, |_| format!("{:016x}", summary.same)),
            status: self.answer.as_ref().map(|answer| answer.status.as_u16()),
            code: summary.code.as_deref(),
            error: summary.error.as_deref(),
            fault: self.fault.clone().map(Fault::new),
            message: self.message.as_ref(),
            outcome: self.outcome,
        }
    }
}

impl Size for Entry {
    fn bytes(&self) -> usize {
        let request = self.request.as_ref().map_or(0, |request| request.bytes());
        let answer = self.answer.as_ref().map_or(0, |answer| answer.body.len());
        request + answer + self.summary.text.len()
    }
}

impl Summary {
    /// Of a request and its answer; `body` is a send's.
    fn new(request: &Received, body: Option<&Value>, answer: &Response) -> Summary {
        let message = body.and_then(|body| body.get("request")?.as_object());
        let field = |name| {
            let text = message?.get(name)?.as_str()?;
            Some(beginning(text, MAX_FIELD).to_owned())
        };
        let preview = message.map(Preview::new);
        let refusal =
            if answer.status.is_success() { None } else { serde_json::from_slice(&answer.body).ok() };
        let reason = |name| {
            let text = refusal.as_ref().and_then(|refusal: &Value| refusal.get(name)?.as_str())?;
            Some(beginning(text, MAX_FIELD).to_owned())
        };
        Summary {
            channel: field("channel"),
            to: field("to"),
            from: field("from").or_else(|| field("senderId")),
            cut: preview.as_ref().is_some_and(|preview| preview.cut),
            text: preview.map(|preview| preview.text).unwrap_or_default(),
            same: fingerprint(request),
            code: reason("code"),
            error: reason("error"),
        }
    }
}

fn fingerprint(request: &Received) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&request.method, &request.path, request.raw_body()).hash(&mut hasher);
    hasher.finish()
}
