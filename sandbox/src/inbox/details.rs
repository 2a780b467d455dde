//! All of one request, for the page that shows it.

use serde::Serialize;
use serde_json::Value;

use crate::api::Response;
use crate::inbox::Entry;

/// Headers that may hold a secret of somebody who took the sandbox for the service.
const SECRET: [&str; 4] = ["x-api-key", "authorization", "proxy-authorization", "cookie"];

/// All of one request.
#[derive(Serialize)]
pub(crate) struct Details<'a> {
    request: Option<Request<'a>>,
    answer: Option<AnswerView>,
}

#[derive(Serialize)]
struct Request<'a> {
    method: &'a str,
    path: &'a str,
    http_version: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: String,
}

#[derive(Serialize)]
struct AnswerView {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl<'a> Details<'a> {
    /// The request as it came and the service's answer. Of secrets only the sandbox's own key,
    /// which is none, is shown.
    pub(crate) fn new(entry: &'a Entry, api_key: &str) -> Details<'a> {
        let request = entry.request.as_deref().map(|request| Request {
            method: &request.method,
            path: &request.path,
            http_version: &request.http_version,
            headers: request.headers.iter().map(|(name, value)| shown(name, value, api_key)).collect(),
            body: request.body(),
        });
        let answer = entry.answer.as_ref().map(|answer| AnswerView {
            status: answer.status.as_u16(),
            headers: answer
                .headers
                .iter()
                .map(|(name, value)| {
                    (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                })
                .collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        });
        Details { request, answer }
    }
}

fn shown<'a>(name: &'a str, value: &'a str, api_key: &str) -> (&'a str, &'a str) {
    let hidden = SECRET.contains(&name) && !(name == "x-api-key" && value == api_key);
    (name, if hidden { "[redacted]" } else { value })
}

/// An email as its reader sees it, without scripts and without anything that is loaded. Only
/// the sandbox's own page may frame it.
pub(crate) fn email(entry: &Entry) -> Option<Response> {
    const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
        form-action 'none'; base-uri 'none'; frame-ancestors 'self'";
    let message = entry.request.as_ref()?.message()?;
    let html = message.get("htmlContent").and_then(Value::as_str)?;
    let answer = Response::text(200, html).with("content-type", "text/html; charset=utf-8");
    Some(answer.with("content-security-policy", POLICY))
}
