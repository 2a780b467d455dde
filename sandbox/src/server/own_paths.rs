//! The paths that are not the API but the sandbox's own. They need no key, are not recorded
//! and take no fault, and no web page but the sandbox's own may use them.

use std::sync::Arc;

use bytes::Bytes;
use http::header::CONNECTION;
use http::request::Parts;
use http::{HeaderValue, Method, Response as HttpResponse};
use serde_json::json;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::oneshot;

use crate::api::Response;
use crate::control::{self, Origin};
use crate::error::ControlError;
use crate::inbox::{self, Cursor, Details};
use crate::server::body::Body;
use crate::server::{Order, guard};
use crate::shared::{PortChange, Shared};

/// What all of them but `/` begin with.
pub(crate) const PREFIX: &str = "/sandbox/";

const CONTROL: &str = "/sandbox/control";
const EVENTS: &str = "/sandbox/events";
const ENTRIES: &str = "/sandbox/entries";

/// What a browser has to know of every answer: nobody may frame it, load it from elsewhere,
/// guess its type or keep it, and by itself it may load nothing.
const PROTECTION: [(&str, &str); 6] = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

pub(crate) fn contain(path: &str) -> bool {
    path == "/" || path.starts_with(PREFIX)
}

pub(crate) async fn answer(
    shared: &Arc<Shared>,
    orders: &UnboundedSender<Order>,
    head: &Parts,
    body: &Bytes,
) -> HttpResponse<Body> {
    let reply = match guard::check_origin(head) {
        Ok(()) => route(shared, orders, head, body).await,
        Err(refusal) => Err(refusal),
    };
    let (answer, live) = match reply {
        Ok(Reply::Response(answer)) | Err(answer) => (answer, None),
        Ok(Reply::Live(answer, pieces)) => (answer, Some(pieces)),
    };
    let mut response = HttpResponse::from(protect(answer));
    if let Some(pieces) = live {
        *response.body_mut() = Body::Live(pieces);
    }
    response
}

/// The answer with what every one of these paths tells a browser.
pub(crate) fn protect(answer: Response) -> Response {
    PROTECTION.iter().fold(answer, |answer, (name, value)| answer.with_default(name, value))
}

enum Reply {
    Response(Response),
    /// An answer that goes on while there is something to tell.
    Live(Response, mpsc::Receiver<Bytes>),
}

async fn route(
    shared: &Arc<Shared>,
    orders: &UnboundedSender<Order>,
    head: &Parts,
    body: &Bytes,
) -> Result<Reply, Response> {
    match head.uri.path() {
        CONTROL => {
            guard::check_method(head, "POST")?;
            guard::check_content_type(head)?;
            Ok(Reply::Response(control(shared, orders, body).await))
        }
        "/" => {
            guard::check_method(head, "GET, HEAD")?;
            Ok(Reply::Response(inbox::page()))
        }
        EVENTS => {
            guard::check_method(head, "GET, HEAD")?;
            Ok(events(shared, head))
        }
        ENTRIES => {
            guard::check_method(head, "GET, HEAD")?;
            Ok(live(head, "application/x-ndjson", |out| inbox::export(shared.clone(), out)))
        }
        path => {
            let which = path.strip_prefix(ENTRIES).and_then(|which| which.strip_prefix('/'));
            let which = which.ok_or_else(not_found)?;
            guard::check_method(head, "GET, HEAD")?;
            entry(shared, which).map(Reply::Response)
        }
    }
}

fn not_found() -> Response {
    Response::text(404, "not found")
}

/// The inbox, live.
fn events(shared: &Arc<Shared>, head: &Parts) -> Reply {
    let cursor = head.headers.get("last-event-id").and_then(|id| Cursor::parse(id.to_str().ok()?));
    live(head, "text/event-stream", |out| inbox::stream(shared.clone(), cursor, out))
}

/// An answer that a task of its own tells, piece by piece.
fn live<T>(head: &Parts, content_type: &str, stream: impl FnOnce(mpsc::Sender<Bytes>) -> T) -> Reply
where
    T: Future<Output = ()> + Send + 'static,
{
    let answer = Response::text(200, "").with("content-type", content_type);
    if head.method == Method::HEAD {
        return Reply::Response(answer);
    }
    // Small, so that a peer that is slow to read holds up what it is told and not more.
    let (out, pieces) = mpsc::channel(1);
    tokio::spawn(stream(out));
    Reply::Live(answer, pieces)
}

/// One request in whole, or the email in it.
fn entry(shared: &Shared, which: &str) -> Result<Response, Response> {
    let (number, wants_email) = match which.strip_suffix("/email") {
        Some(number) => (number, true),
        None => (which, false),
    };
    let number = number.parse().map_err(|_| not_found())?;
    let Some(entry) = shared.look(|world| world.inbox.entry(number)) else {
        // It may have left between two steps of a page, which is no error that a browser
        // should tell of.
        return Ok(Response::empty());
    };
    match wants_email {
        true => inbox::email(&entry).ok_or_else(not_found),
        false => Ok(Response::json(200, &Details::new(&entry, &shared.config.api_key))),
    }
}

/// Carries out a command; what it does to the port is done when this returns.
async fn control(shared: &Shared, orders: &UnboundedSender<Order>, body: &[u8]) -> Response {
    let done = std::str::from_utf8(body)
        .map_err(|_| ControlError::new("the command is not UTF-8"))
        .and_then(|command| control::run(shared, command, Origin::Http));
    let done = match done {
        Ok(done) => done,
        Err(error) => {
            let body = json!({"error": error.to_string(), "field": error.field()});
            return Response::json(400, &body);
        }
    };
    let mut answer = Response::text(200, &done.answer).with("content-type", "application/json");
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
