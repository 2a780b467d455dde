//! What an answer proves.
//!
//! Every answer ends in exactly one arm. Where something is at stake, what is
//! not listed is unknown.

use std::time::Duration;

use http::HeaderMap;
use serde_json::value::RawValue;

use crate::envelope::Enveloped;
use crate::error::{AnswerFacts, Error, ErrorClass, Kind};
use crate::outcome::Outcome;
use crate::retry::retry_after;
use crate::secret::{REDACTED, phone_numbers, presentable};
use crate::transport::Answer;

/// What came of one answered attempt.
pub(crate) enum Verdict<T> {
    Done(T),
    /// With `retry` the same request may be made again.
    Failed {
        error: Error,
        retry: bool,
    },
}

impl<T> Verdict<T> {
    /// For the endpoints that the API document doesn't name: where the service
    /// has nothing at the assumed path, the error names its setting.
    pub(crate) fn naming_endpoint(self, setting: &str) -> Self {
        match self {
            Self::Failed { error, retry }
                if matches!(error.status(), Some(404 | 405)) && error.code().is_none() =>
            {
                let status = error.status().unwrap_or_default();
                let what = format!(
                    "the service has nothing at the path of this setting (status {status}); the path is not in \
                     the published document, so ask where the service has it"
                );
                Self::Failed { error: error.saying(what).naming(setting), retry }
            }
            other => other,
        }
    }
}

/// What was asked, for the words of an error.
pub(crate) struct Asked<'a> {
    /// What the request was about: "the message", "the request".
    pub(crate) subject: &'a str,
    /// The texts of the request that an error must not repeat; `None` when they
    /// can't be told.
    pub(crate) secrets: &'a dyn Fn() -> Option<Vec<String>>,
    pub(crate) sent: &'a HeaderMap,
}

/// An envelope's success: its `data` and its message.
pub(crate) type Success<'a> = (Option<&'a RawValue>, Option<String>);

/// Judges the answer to a request that changes something. `accept` reads the
/// envelope of a success; where it can't, the `missing` thing is not there.
/// With `repeatable` an unknown outcome may be tried again.
pub(crate) fn of_change<T>(
    answer: &Answer,
    asked: &Asked<'_>,
    repeatable: bool,
    missing: &str,
    accept: impl FnOnce(Success<'_>) -> Option<T>,
) -> Verdict<T> {
    let status = answer.status;
    let unknown = |kind: Kind, what: String| {
        let error = Error::unknown(kind, what)
            .with_answer(facts(answer, None, asked))
            .with_retry_after(pause(&answer.headers));
        Verdict::Failed { error, retry: repeatable && is_passing(status) }
    };
    match Enveloped::parse(&answer.body) {
        Some(Enveloped::Failure { error, code }) => {
            let error = refused(answer, error, code, Some(Outcome::Rejected), asked);
            Verdict::Failed { error, retry: status == 429 }
        }
        Some(Enveloped::Success { data, message }) if is_success(status) => match accept((data, message)) {
            Some(output) => Verdict::Done(output),
            None => unknown(Kind::Malformed, without(status, missing)),
        },
        None if is_refusal(status) => {
            let error = refused(answer, None, None, Some(Outcome::Rejected), asked);
            Verdict::Failed { error, retry: status == 429 }
        }
        other => unknown(kind_of_status(status), unenveloped(status, other.is_some())),
    }
}

/// Judges the answer to a request that changes nothing.
pub(crate) fn of_read<T>(
    answer: &Answer,
    asked: &Asked<'_>,
    missing: &str,
    accept: impl FnOnce(Success<'_>) -> Option<T>,
) -> Verdict<T> {
    let status = answer.status;
    let unread = |kind: Kind, what: String| {
        // What a success holds is other people's data, whatever its shape.
        let asked = &Asked { secrets: if is_success(status) { &|| None } else { asked.secrets }, ..*asked };
        let error = Error::unread(kind, what)
            .with_answer(facts(answer, None, asked))
            .with_retry_after(pause(&answer.headers));
        Verdict::Failed { error, retry: is_passing(status) }
    };
    match Enveloped::parse(&answer.body) {
        Some(Enveloped::Failure { error, code }) => {
            let error = refused(answer, error, code, None, asked);
            Verdict::Failed { error, retry: is_passing(status) }
        }
        Some(Enveloped::Success { data, message }) if is_success(status) => match accept((data, message)) {
            Some(output) => Verdict::Done(output),
            None => unread(Kind::Malformed, without(status, missing)),
        },
        None if is_refusal(status) => {
            let error = refused(answer, None, None, None, asked);
            Verdict::Failed { error, retry: is_passing(status) }
        }
        other => unread(kind_of_status(status), unenveloped(status, other.is_some())),
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// The statuses that say by themselves that the service did not take a request.
fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 410 | 413 | 415 | 422 | 429)
}

/// The statuses after which the same request may fare better.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

fn kind_of_status(status: u16) -> Kind {
    match status {
        300..400 => Kind::Redirect,
        400.. => Kind::Server,
        _ => Kind::Malformed,
    }
}

fn without(status: u16, missing: &str) -> String {
    format!("the service answered {status} and success, but with no {missing}")
}

fn unenveloped(status: u16, success: bool) -> String {
    match status {
        _ if success => format!("the service answered success, but with status {status}"),
        300..400 => format!("the service answered with a redirect ({status}), which is never followed"),
        _ => format!("the service answered {status} without the documented envelope"),
    }
}

fn refused(
    answer: &Answer,
    said: Option<String>,
    code: Option<String>,
    outcome: Option<Outcome>,
    asked: &Asked<'_>,
) -> Error {
    let (status, subject) = (answer.status, asked.subject);
    let class = ErrorClass::of_refusal(status, code.as_deref());
    let facts = facts(answer, code, asked);
    let mut what = match &facts.code {
        Some(code) => format!("the service refused {subject}: {code} (status {status})"),
        None => format!("the service refused {subject} with status {status}"),
    };
    if let Some(said) = said.filter(|said| !said.is_empty()) {
        what.push_str(": ");
        what.push_str(&Redaction::of(asked, &answer.body).present(said.as_bytes(), 300));
    }
    Error::new(class, Kind::Api, outcome, what).with_answer(facts).with_retry_after(pause(&answer.headers))
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    retry_after(headers.get(http::header::RETRY_AFTER)?.as_bytes(), std::time::SystemTime::now())
}

/// What an error keeps of an answer: bounded, escaped, without what must not be seen.
fn facts(answer: &Answer, code: Option<String>, asked: &Asked<'_>) -> AnswerFacts {
    let redaction = Redaction::of(asked, &answer.body);
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

/// Takes a request's texts, the key, the user's own headers and whatever looks
/// like a phone number out of what the server wrote.
struct Redaction {
    /// `None`: what the request says can't be told, so nothing is shown at all.
    secrets: Option<Vec<String>>,
}

impl Redaction {
    fn of(asked: &Asked<'_>, body: &[u8]) -> Self {
        let mut secrets = (asked.secrets)();
        if let Some(secrets) = &mut secrets {
            let sensitive = asked.sent.values().filter(|value| value.is_sensitive());
            secrets.extend(sensitive.filter_map(|value| value.to_str().ok()).map(str::to_owned));
            secrets.extend(phone_numbers(&String::from_utf8_lossy(body)));
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
