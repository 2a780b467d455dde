//! From an HTTP request to an HTTP answer.

use std::sync::Arc;

use bytes::Bytes;
use http::header::EXPECT;
use http::{Method, Request, Response as HttpResponse, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::sync::mpsc::UnboundedSender;

use crate::api::Response;
use crate::fault::FaultKind;
use crate::record::Received;
use crate::server::body::Body;
use crate::server::connection::{Plan, Wire};
use crate::server::{Order, own_paths};
use crate::shared::{Handled, Shared};

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
) -> Result<HttpResponse<Body>, hyper::Error> {
    let (head, body) = request.into_parts();
    let is_own = own_paths::contain(head.uri.path());
    let waits = head.headers.contains_key(EXPECT);
    let Some(body) = read(body, waits).await? else {
        wire.request_is_answered(None);
        let answer =
            Response::text(413, "the request's body is larger than 1 MiB").with("connection", "close");
        return Ok(if is_own { own_paths::protect(answer) } else { answer }.into());
    };
    if is_own {
        let answer = own_paths::answer(&shared, &orders, &head, &body).await;
        wire.request_is_answered(None);
        return Ok(answer);
    }
    let (answer, fault) = match shared.handle(Received::new(&head, body, wire.connection)) {
        Handled::Response(answer, fault) => (answer, fault),
        Handled::Unread => (Response::text(503, ""), Some(FaultKind::CloseBeforeRead)),
    };
    let plan = fault
        .filter(FaultKind::is_for_the_wire)
        .map(|fault| Plan { fault, body_length: sent_body_length(&head.method, &answer) });
    wire.request_is_answered(plan);
    Ok(answer.into())
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
    // Without the room to grow that it had.
    Ok((length <= BODY_LIMIT).then(|| whole.into_boxed_slice().into()))
}

impl From<Response> for HttpResponse<Body> {
    fn from(answer: Response) -> HttpResponse<Body> {
        let mut response = HttpResponse::new(Body::Whole(Some(answer.body)));
        *response.status_mut() = answer.status;
        response.headers_mut().extend(answer.headers);
        response
    }
}

/// How much of the body hyper sends.
fn sent_body_length(method: &Method, answer: &Response) -> usize {
    let none = *method == Method::HEAD
        || (*method == Method::CONNECT && answer.status.is_success())
        || answer.status == StatusCode::NO_CONTENT
        || answer.status == StatusCode::NOT_MODIFIED;
    if none { 0 } else { answer.body.len() }
}
