//! What an answer to a send proves about the message.
//!
//! Every answer ends in exactly one arm. What is not listed is unknown.

use std::time::Duration;

use http::HeaderMap;

use crate::envelope::{Envelope, Reply};
use crate::error::{AnswerFacts, Error, ErrorClass, Kind};
use crate::outcome::Outcome;
use crate::receipt::Receipt;
use crate::retry::retry_after;
use crate::secret::{REDACTED, presentable};
use crate::transport::Answer;

/// What came of one answered attempt.
pub(crate) enum Verdict {
    Sent(Receipt),
    /// The service refused; with `retry` it may take the same message later.
    Refused {
        error: Error,
        retry: bool,
    },
    Unknown(Error),
}

/// Judges the answer to a send that had these headers.
pub(crate) fn of_send(answer: &Answer, envelope: &Envelope, sent: &HeaderMap) -> Verdict {
    let status = answer.status;
    let success = (200..300).contains(&status);
    let unknown = |kind: Kind, what: String| {
        let error = Error::unknown(kind, what).with_answer(facts(answer, None, envelope, sent));
        Verdict::Unknown(error.with_retry_after(pause(&answer.headers)))
    };
    match Reply::parse(&answer.body) {
        Some(Reply::Failure { error, code }) => refused(answer, error, code, envelope, sent),
        Some(Reply::Success { data, message }) if success => {
            match data.and_then(|data| Receipt::read(data, message)) {
                Some(receipt) => Verdict::Sent(receipt),
                None => unknown(
                    Kind::Malformed,
                    format!("the service answered {status} and success, but with no message id"),
                ),
            }
        }
        Some(Reply::Success { .. }) => {
            unknown(kind_of_status(status), format!("the service answered success, but with status {status}"))
        }
        None => match status {
            429 | 400 | 401 | 403 | 404 | 405 | 410 | 413 | 415 | 422 => {
                refused(answer, None, None, envelope, sent)
            }
            300..400 => unknown(
                Kind::Redirect,
                format!("the service answered with a redirect ({status}), which is never followed"),
            ),
            _ => unknown(
                kind_of_status(status),
                format!("the service answered {status} without the documented envelope"),
            ),
        },
    }
}

fn kind_of_status(status: u16) -> Kind {
    match status {
        300..400 => Kind::Redirect,
        400.. => Kind::Server,
        _ => Kind::Malformed,
    }
}

fn refused(
    answer: &Answer,
    said: Option<String>,
    code: Option<String>,
    envelope: &Envelope,
    sent: &HeaderMap,
) -> Verdict {
    let status = answer.status;
    let class = ErrorClass::of_refusal(status, code.as_deref());
    let facts = facts(answer, code, envelope, sent);
    let mut what = match &facts.code {
        Some(code) => format!("the service refused the message: {code} (status {status})"),
        None => format!("the service refused the message with status {status}"),
    };
    if let Some(said) = said.filter(|said| !said.is_empty()) {
        what.push_str(": ");
        what.push_str(&Redaction::of(envelope, sent).present(said.as_bytes(), 300));
    }
    let error = Error::new(class, Kind::Api, Some(Outcome::Rejected), what)
        .with_answer(facts)
        .with_retry_after(pause(&answer.headers));
    Verdict::Refused { error, retry: status == 429 }
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(http::header::RETRY_AFTER)?.as_bytes(), std::time::SystemTime::now())
}

/// What an error keeps of an answer: bounded, escaped, without the message's texts.
fn facts(answer: &Answer, code: Option<String>, envelope: &Envelope, sent: &HeaderMap) -> AnswerFacts {
    let redaction = Redaction::of(envelope, sent);
    let request_id = REQUEST_ID_HEADERS.iter().find_map(|name| answer.headers.get(*name));
    AnswerFacts {
        status: answer.status,
        code: code.map(|code| redaction.present(code.as_bytes(), 100)),
        request_id: request_id.map(|id| redaction.present(id.as_bytes(), 200)),
        body: redaction.present(&answer.body, 2048),
    }
}

/// Where services put a request's id; the API document names no header.
const REQUEST_ID_HEADERS: [&str; 2] = ["x-request-id", "x-cloud-trace-context"];

/// Takes a message's texts, the key and the user's own headers out of what the
/// server wrote.
struct Redaction {
    /// `None`: what the message says can't be told, so nothing is shown at all.
    secrets: Option<Vec<String>>,
}

impl Redaction {
    fn of(envelope: &Envelope, sent: &HeaderMap) -> Self {
        let mut secrets = envelope.secrets();
        if let Some(secrets) = &mut secrets {
            let sensitive = sent.values().filter(|value| value.is_sensitive());
            secrets.extend(sensitive.filter_map(|value| value.to_str().ok()).map(str::to_owned));
        }
        Self { secrets }
    }

    fn present(&self, text: &[u8], limit: usize) -> String {
        match &self.secrets {
            Some(secrets) => presentable(text, limit, secrets),
            None => REDACTED.to_owned(),
        }
    }
}
