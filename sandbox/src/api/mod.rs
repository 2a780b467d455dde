//! The Partner Messaging API: which endpoint answers a request.
//!
//! An endpoint is a file of its own with its path and one function from the world and
//! the request to an [`Response`]; [`answer`] is the list of them. The document describes
//! sending; the three that read are assumptions.

mod access;
mod balance;
mod code;
mod list;
mod message;
mod response;
mod send;
mod validate;

pub(crate) use message::Message;
pub(crate) use response::Response;

use std::sync::Arc;

use serde_json::Value;

use crate::fault::FaultKind;
use crate::record::Received;
use crate::shared::World;

use response::Refusal;

/// Has the service process a request, whose body is this JSON if it is any.
pub(crate) fn answer(
    world: &mut World,
    api_key: &str,
    request: &Arc<Received>,
    body: Option<&Value>,
) -> Response {
    let access = access::check(&world.state, api_key, request);
    match request.route() {
        send::PATH => only("POST", request, || access.and_then(|()| send::send(world, request, body))),
        list::PATH => only("GET", request, || access.and_then(|()| list::messages(world, request))),
        balance::PATH => only("GET", request, || access.map(|()| balance::balance(world))),
        route => match message::id(route) {
            Some(id) => only("GET", request, || access.and_then(|()| message::message(world, id))),
            // No page of the document says what the service answers elsewhere, so this is
            // what a web server answers, not an envelope.
            None => Response::text(404, "not found"),
        },
    }
}

/// Whether this request is one that sends, however it is answered.
pub(crate) fn is_send(request: &Received) -> bool {
    request.method == "POST" && request.route() == send::PATH
}

/// The answer of a fault that answers in the service's place.
pub(crate) fn canned(fault: &FaultKind, url: &str) -> Option<Response> {
    Some(match fault {
        FaultKind::Respond { status, headers, body } => Response::exactly(*status, headers, body),
        FaultKind::Code { code } => {
            Response::failure(code::status(code), code, &format!("The sandbox was told to answer {code}"))
        }
        FaultKind::Html502 => {
            let page = "<html><head><title>502 Bad Gateway</title></head>\
                <body><h1>502 Bad Gateway</h1></body></html>\n";
            Response::text(502, page).with("content-type", "text/html; charset=utf-8")
        }
        FaultKind::RateLimit { retry_after, envelope } => match retry_after {
            Some(value) => too_many(*envelope).with("retry-after", value),
            None => too_many(*envelope),
        },
        // A second later there is room for sure; the header has no smaller unit.
        FaultKind::Limit { envelope, .. } => too_many(*envelope).with("retry-after", "1"),
        FaultKind::Redirect { status, location } => {
            let own = || format!("{url}{}", send::PATH);
            let location = location.clone().unwrap_or_else(own);
            Response::text(*status, "").with("location", &location)
        }
        _ => return None,
    })
}

fn too_many(envelope: bool) -> Response {
    match envelope {
        true => Response::failure(429, "RATE_LIMITED", "Too many requests"),
        false => Response::text(429, "Too Many Requests"),
    }
}

fn only(method: &str, request: &Received, endpoint: impl FnOnce() -> Result<Response, Refusal>) -> Response {
    if request.method != method {
        return Response::text(405, "method not allowed").with("allow", method);
    }
    endpoint().unwrap_or_else(Response::from)
}
