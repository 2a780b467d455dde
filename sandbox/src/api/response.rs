//! Responses, before HTTP has its hand in them.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use crate::api::code::Code;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Status, headers and body of a response.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

/// The service's refusal of a request.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    code: Code,
    error: String,
}

impl Refusal {
    pub(crate) fn new(code: Code, error: impl Into<String>) -> Refusal {
        Refusal { code, error: error.into() }
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Response {
        let code = refusal.code;
        Response::failure(code.status(), code.name(), &refusal.error)
    }
}

#[derive(Serialize)]
struct Success<'a, T> {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    data: &'a T,
}

#[derive(Serialize)]
struct Failure<'a> {
    success: bool,
    error: &'a str,
    code: &'a str,
}

impl Response {
    /// The success envelope.
    pub(crate) fn success(message: Option<&str>, data: &impl Serialize) -> Response {
        Response::json(200, &Success { success: true, message, data })
    }

    /// The failure envelope.
    pub(crate) fn failure(status: u16, code: &str, error: &str) -> Response {
        let envelope = Failure { success: false, error, code };
        Response::json(status, &envelope)
    }

    /// Any value as JSON, its members in the order of their declaration.
    pub(crate) fn json(status: u16, value: &impl Serialize) -> Response {
        match serde_json::to_vec(value) {
            Ok(body) => Response::new(status, JSON, body),
            Err(error) => Response::sandbox_fault(&error.to_string()),
        }
    }

    pub(crate) fn text(status: u16, text: &str) -> Response {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        Response::new(status, plain, text.to_owned().into_bytes())
    }

    /// 204: there is nothing to tell.
    pub(crate) fn empty() -> Response {
        Response { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Bytes::new() }
    }

    /// 200 with the right content type and a body that is not JSON.
    pub(crate) fn unreadable() -> Response {
        Response::new(200, JSON, b"accepted, but this is not JSON".to_vec())
    }

    /// What a test dictated. The JSON form of a fault is checked when it is read; one
    /// built in Rust can still hold what HTTP cannot carry.
    pub(crate) fn exactly(status: u16, headers: &BTreeMap<String, String>, body: &str) -> Response {
        let mut answer = Response::new(status, JSON, body.to_owned().into_bytes());
        for (name, value) in headers {
            answer = answer.with(name, value);
        }
        let framing = [CONTENT_LENGTH, TRANSFER_ENCODING];
        if answer.headers.iter().any(|(name, _)| framing.contains(name)) {
            return Response::sandbox_fault("the body's length is not for a fault to set");
        }
        answer
    }

    /// The body as it is sent: not with a status that has none.
    pub(crate) fn sent_body(&self) -> &[u8] {
        match self.status {
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => &[],
            _ => &self.body,
        }
    }

    /// How many bytes it has on the wire, its head included.
    pub(crate) fn wire_length(&self) -> usize {
        let line = |name: &str, value: &[u8]| name.len() + value.len() + ": \r\n".len();
        let reason = self.status.canonical_reason().unwrap_or_default();
        let own: usize = self.headers.iter().map(|(name, value)| line(name.as_str(), value.as_bytes())).sum();
        let body = self.sent_body();
        "HTTP/1.1 200 \r\n".len()
            + reason.len()
            + own
            + line("content-length", body.len().to_string().as_bytes())
            + line("date", b"Sun, 06 Nov 1994 08:49:37 GMT")
            + "\r\n".len()
            + body.len()
    }

    /// The same answer with a header set.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Response {
        let name = HeaderName::from_bytes(name.as_bytes());
        let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) else {
            return Response::sandbox_fault("a header of the fault cannot be sent");
        };
        self.headers.retain(|(present, _)| *present != name);
        self.headers.push((name, value));
        self
    }

    /// The same answer with a header that it did not have.
    pub(crate) fn with_default(self, name: &str, value: &str) -> Response {
        match self.headers.iter().any(|(present, _)| present.as_str() == name) {
            true => self,
            false => self.with(name, value),
        }
    }

    fn new(status: u16, content_type: HeaderValue, body: Vec<u8>) -> Response {
        let Some(status) = final_status(status) else {
            return Response::sandbox_fault("the fault's status is out of range");
        };
        Response { status, headers: vec![(CONTENT_TYPE, content_type)], body: body.into() }
    }

    /// Not the service's failure but the sandbox's, so that a test can tell.
    fn sandbox_fault(problem: &str) -> Response {
        Response::text(500, &format!("sandbox: {problem}"))
    }
}

/// 1xx announces another answer, which would never come.
fn final_status(status: u16) -> Option<StatusCode> {
    let status = StatusCode::from_u16(status).ok()?;
    (!status.is_informational()).then_some(status)
}
