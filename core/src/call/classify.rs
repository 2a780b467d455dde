//! What an answer proves.
//!
//! Every answer gets exactly one classification. Where the request has an outcome, what is
//! not listed is unknown.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

use super::response_envelope::{ResponseEnvelope, foreign_reason};
use super::retry::{Retry, retry_after};
use super::{Operation, Success};
use crate::error::{Effect, Error, ErrorClass, Kind, Outcome, ResponseInfo};
use crate::transport::Response;
use crate::util::redact::{REDACTED, Redactor};

/// What came of one attempt.
pub(crate) enum Classification<T> {
    Done(T),
    Failed { error: Error, retry: Retry },
}

/// Classifies the answer to a request that had the headers `sent`.
pub(crate) fn classify<O: Operation + ?Sized>(
    operation: &O,
    response: &Response,
    sent: &HeaderMap,
) -> Classification<O::Output> {
    let status = response.status;
    let classifier = || Classifier { operation, response, redactor: ErrorRedactor::new(operation, sent) };
    let (error, retry) = match ResponseEnvelope::parse(&response.body) {
        Some(ResponseEnvelope::Success { data, message }) if is_success(status) => {
            match operation.read(Success { data, message }, response) {
                Ok(output) => return Classification::Done(output),
                Err(instead) => {
                    let what = format!("the service answered {status} and success, but with {instead}");
                    classifier().unproved(Kind::Malformed, what, None)
                }
            }
        }
        Some(ResponseEnvelope::Failure { reason, code }) => classifier().refused(reason, code, true),
        None if is_refusal(status) => {
            let reason = encoded_reason(&response.headers).or_else(|| foreign_reason(&response.body));
            classifier().refused(reason, None, false)
        }
        Some(_) => classifier().unproved(kind_of_status(status), no_envelope(status, true), None),
        None => {
            let (mut what, mut reason) = (no_envelope(status, false), foreign_reason(&response.body));
            if let Some(encoded) = encoded_reason(&response.headers) {
                what = format!("{what}: {encoded}");
                reason = None;
            }
            classifier().unproved(kind_of_status(status), what, reason)
        }
    };
    Classification::Failed { error: error.with_retry_after(requested_pause(&response.headers)), retry }
}

/// Classifies one answer, and redacts what must not be seen of it.
struct Classifier<'a, O: Operation + ?Sized> {
    operation: &'a O,
    response: &'a Response,
    redactor: ErrorRedactor,
}

impl<O: Operation + ?Sized> Classifier<'_, O> {
    /// The service's word that it did not do what was asked.
    fn refused(&self, reason: Option<String>, code: Option<String>, is_envelope: bool) -> (Error, Retry) {
        let (status, info, effect) = (self.response.status, self.operation.info(), self.operation.effect());
        let class = ErrorClass::of_refusal(status, code.as_deref());
        let endpoint = info.endpoint.filter(|_| matches!(status, 404 | 405) && code.is_none());
        let facts = self.response_info(code);
        let mut what = match (&facts.code, endpoint) {
            (_, Some(_)) => format!(
                "the service has nothing at the path of this setting (status {status}); the path is not in \
                 the published document, so ask where the service has it"
            ),
            (Some(code), None) => format!("the service refused {}: {code} (status {status})", info.subject),
            (None, None) => format!("the service refused {} with status {status}", info.subject),
        };
        self.add_reason(&mut what, reason);
        if !is_envelope && matches!(status, 404 | 405) {
            self.add_address(&mut what);
        }
        let outcome = effect.has_outcome().then_some(Outcome::Rejected);
        let mut error = Error::new(class, Kind::Api, outcome, what).with_response(facts);
        if let Some(endpoint) = endpoint {
            error = error.with_field(endpoint);
        }
        let retry = match status {
            429 => Retry::AfterHold,
            _ => Retry::transient(effect == Effect::Read && is_transient(status)),
        };
        (error, retry)
    }

    /// An answer that proves nothing.
    fn unproved(&self, kind: Kind, mut what: String, reason: Option<String>) -> (Error, Retry) {
        let (status, effect) = (self.response.status, self.operation.effect());
        let mut facts = self.response_info(None);
        if effect == Effect::Read && is_success(status) {
            // What a read's success holds is other people's data, whatever its shape.
            facts.body = REDACTED.to_owned();
        } else {
            self.add_reason(&mut what, reason);
        }
        if matches!(status, 300..400) {
            self.add_address(&mut what);
        }
        let error = match effect {
            Effect::Read => Error::read_failed(kind, what),
            Effect::Write | Effect::Send => Error::unknown(kind, what),
        };
        let retry = match status {
            429 if effect == Effect::Read => Retry::AfterHold,
            _ => Retry::transient(self.operation.idempotent() && is_transient(status)),
        };
        (error.with_response(facts), retry)
    }

    fn add_reason(&self, what: &mut String, reason: Option<String>) {
        let reason = reason.map(|reason| self.redactor.text(reason.trim().as_bytes(), MAX_REASON));
        if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
            what.push_str(": ");
            what.push_str(&reason);
        }
    }

    /// Where the answer suggests a wrong address, what was asked is what helps.
    fn add_address(&self, what: &mut String) {
        let path = self.operation.url().map(|url| url.path().to_owned()).unwrap_or_default();
        let path = self.redactor.text(path.as_bytes(), MAX_REASON);
        let asked = format!(" (asked for {} {path}; is base_url right?)", self.operation.method());
        what.push_str(&asked);
    }

    /// What an error keeps of an answer: bounded, escaped, without what must not be seen.
    fn response_info(&self, code: Option<String>) -> ResponseInfo {
        let headers = &self.response.headers;
        let request_id = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name));
        ResponseInfo {
            status: self.response.status,
            code: code.as_deref().map(|code| self.redactor.code(code)),
            raw_code: code,
            request_id: request_id.map(|id| self.redactor.id(id.as_bytes())),
            body: self.redactor.text(&self.response.body, MAX_BODY),
        }
    }
}

/// The most bytes that an error keeps of an answer's body, and of its reason.
const MAX_BODY: usize = 2_048;
const MAX_REASON: usize = 300;

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// The statuses that say by themselves that the service did not take a request.
fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 410 | 413 | 415 | 422 | 429)
}

/// The statuses after which the same request may fare better.
fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

fn kind_of_status(status: u16) -> Kind {
    match status {
        300..400 => Kind::Redirect,
        400.. => Kind::Server,
        _ => Kind::Malformed,
    }
}

fn no_envelope(status: u16, success: bool) -> String {
    match status {
        _ if success => format!("the service answered success, but with status {status}"),
        300..400 => format!("the service answered with a redirect ({status}), which is never followed"),
        _ => format!("the service answered {status} without the documented envelope"),
    }
}

/// That a body can't be read because it is encoded; by the names of RFC 9110, section 8.4.1.
fn encoded_reason(headers: &HeaderMap) -> Option<String> {
    let encoding = headers.get(http::header::CONTENT_ENCODING)?.to_str().unwrap_or_default().trim();
    let is = |name: &&&str| encoding.eq_ignore_ascii_case(name);
    let encoding =
        match ["identity", "", "gzip", "x-gzip", "deflate", "br", "zstd", "compress"].iter().find(is) {
            Some(&("identity" | "")) => return None,
            Some(known) => known,
            None => "in a way that is not known here",
        };
    Some(format!("its body is encoded ({encoding}), which was not asked for"))
}

fn requested_pause(headers: &HeaderMap) -> Option<Duration> {
    // A date counts from the service's own clock.
    let now = date_of(headers).unwrap_or_else(SystemTime::now);
    retry_after(headers.get(http::header::RETRY_AFTER)?.as_bytes(), now)
}

/// When an answer was given, by the service's clock.
pub(crate) fn date_of(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(http::header::DATE)?.to_str().ok()?).ok()
}

/// Where services put a request's id; the API document names no header.
const REQUEST_ID_HEADERS: [&str; 2] = ["x-request-id", "x-cloud-trace-context"];

/// The one way of the service's words into an error.
struct ErrorRedactor {
    /// `None`: what the request says can't be told, so nothing is shown at all.
    redactor: Option<Redactor<'static>>,
}

impl ErrorRedactor {
    fn new<O: Operation + ?Sized>(operation: &O, sent: &HeaderMap) -> Self {
        let sensitive = sent.values().filter(|value| value.is_sensitive());
        let keys = sensitive.filter_map(|value| value.to_str().ok());
        let redactor = operation.secrets().map(|texts| {
            Redactor::new(texts.iter().map(String::as_str), keys, &ErrorClass::is_documented_code)
        });
        Self { redactor }
    }

    fn text(&self, text: &[u8], limit: usize) -> String {
        self.redactor.as_ref().map_or_else(|| REDACTED.to_owned(), |it| it.redact(text, limit))
    }

    fn code(&self, code: &str) -> String {
        match &self.redactor {
            Some(redactor) => redactor.redact_code(code, 100),
            None if ErrorClass::is_documented_code(code) => code.to_owned(),
            None => REDACTED.to_owned(),
        }
    }

    fn id(&self, id: &[u8]) -> String {
        self.redactor.as_ref().map_or_else(|| REDACTED.to_owned(), |it| it.redact_id(id, 200))
    }
}
