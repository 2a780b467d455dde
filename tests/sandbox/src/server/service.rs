//! From an HTTP request to an HTTP answer.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONNECTION, EXPECT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::api::Answer;
use crate::control::{self, Origin};
use crate::error::ControlError;
use crate::fault::FaultKind;
use crate::record::RecordedRequest;
use crate::server::Order;
use crate::server::connection::{Plan, Wire};
use crate::shared::{PortChange, Shared, Verdict};

/// The largest body that is taken.
const BODY_LIMIT: usize = 1024 * 1024;

/// How much of a larger body is read and thrown away, so that the client is done sending
/// and reads the refusal.
const DISCARD_LIMIT: usize = 16 * BODY_LIMIT;

pub(crate) async fn answer(
    shared: Arc<Shared>,
    wire: Arc<Wire>,
    orders: UnboundedSender<Order>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let is_control = head.uri.path() == control::PATH;
    let waits = head.headers.contains_key(EXPECT);
    let Some(body) = read(body, waits).await? else {
        wire.request_is_answered(None);
        let answer = Answer::text(413, "the request's body is larger than 1 MiB");
        return Ok(respond(answer.with("connection", "close")));
    };
    if is_control {
        let answer = obey(&shared, &orders, &head.method, &body).await;
        wire.request_is_answered(None);
        return Ok(respond(answer));
    }
    let (answer, fault) = match shared.handle(RecordedRequest::new(&head, &body)) {
        Verdict::Answer(answer, fault) => (answer, fault),
        Verdict::Unread => (Answer::text(503, ""), Some(FaultKind::CloseBeforeRead)),
    };
    let plan = fault
        .filter(FaultKind::is_for_the_wire)
        .map(|fault| Plan { fault, body_length: sent_body_length(&head.method, &answer) });
    wire.request_is_answered(plan);
    Ok(respond(answer))
}

/// The whole body, or nothing if it is too large.
async fn read(mut body: Incoming, waits: bool) -> Result<Option<Bytes>, hyper::Error> {
    let announced = body.size_hint().lower();
    if waits && announced > BODY_LIMIT as u64 {
        return Ok(None);
    }
    let mut whole = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame?.into_data() {
            length += bytes.len();
            if length <= BODY_LIMIT {
                whole.extend_from_slice(&bytes);
            } else if length > DISCARD_LIMIT {
                break;
            }
        }
    }
    Ok((length <= BODY_LIMIT).then(|| whole.into()))
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    response.headers_mut().extend(answer.headers);
    response
}

/// How much of the body hyper sends.
fn sent_body_length(method: &Method, answer: &Answer) -> usize {
    let none = *method == Method::HEAD
        || (*method == Method::CONNECT && answer.status.is_success())
        || answer.status == StatusCode::NO_CONTENT
        || answer.status == StatusCode::NOT_MODIFIED;
    if none { 0 } else { answer.body.len() }
}

/// The control endpoint.
async fn obey(shared: &Shared, orders: &UnboundedSender<Order>, method: &Method, body: &[u8]) -> Answer {
    if *method != Method::POST {
        return Answer::text(405, "method not allowed").with("allow", "POST");
    }
    let done = std::str::from_utf8(body)
        .map_err(|_| ControlError::new("the command is not UTF-8"))
        .and_then(|command| control::run(shared, command, Origin::Http));
    let done = match done {
        Ok(done) => done,
        Err(error) => {
            let body = json!({"error": error.to_string(), "field": error.field()});
            return Answer::json(400, &body);
        }
    };
    let mut answer = Answer::text(200, &done.answer).with("content-type", "application/json");
    if let Some(change) = done.port {
        if matches!(change, PortChange::Close(_)) {
            answer.headers.push((CONNECTION, HeaderValue::from_static("close")));
        }
        let (done, carried_out) = oneshot::channel();
        let done = Box::new(move || {
            let _ = done.send(());
        });
        if orders.send(Order::Port(change, done)).is_ok() {
            let _ = carried_out.await;
        }
    }
    answer
}
