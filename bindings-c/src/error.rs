//! Errors: opaque handles with getters.

use std::ffi::{CString, c_char};
use std::time::Duration;

use partner_messaging::{Error, ErrorClass, Kind};

use crate::fault::Fault;
use crate::ffi::{self, c_text, pointer};
use crate::status::{
    PM_OK, PM_OUTCOME_NONE, PM_OUTCOME_NOT_SENT, PM_OUTCOME_UNKNOWN, outcome_of, pm_outcome, pm_status,
    status_of,
};

/// Why a call failed, and what that means for the message.
///
/// It never holds the API key, a message's text or a whole recipient.
pub struct pm_error(Box<Facts>);

struct Facts {
    class: ErrorClass,
    class_name: CString,
    kind: CString,
    outcome: pm_outcome,
    message: CString,
    field: Option<CString>,
    code: Option<CString>,
    request_id: Option<CString>,
    body: Option<CString>,
    http_status: i32,
    attempts: u32,
    elapsed: Duration,
    retry_after: Option<Duration>,
}

impl pm_error {
    /// An error that only C callers can make: the core is never asked.
    fn own(class: ErrorClass, kind: Kind, outcome: pm_outcome, field: Option<&str>, message: String) -> Self {
        Self(Box::new(Facts {
            class,
            class_name: c_text(class.name()),
            kind: c_text(kind.as_str()),
            outcome,
            message: c_text(message),
            field: field.map(c_text),
            code: None,
            request_id: None,
            body: None,
            http_status: 0,
            attempts: 0,
            elapsed: Duration::ZERO,
            retry_after: None,
        }))
    }

    /// An option, or an argument that is no message, can't be used.
    pub(crate) fn config(fault: Fault) -> Self {
        let Fault { field, problem } = fault;
        let text = format!("{field}: {problem}. Nothing was sent: correct it and call again.");
        Self::own(ErrorClass::Config, Kind::Config, PM_OUTCOME_NOT_SENT, Some(field), text)
    }

    /// A message that can't be sent as its builder was called.
    pub(crate) fn invalid_message(fault: Fault) -> Self {
        let Fault { field, problem } = fault;
        let text = format!("{field}: {problem}. Nothing was sent: correct the message and send it.");
        Self::own(ErrorClass::InvalidMessage, Kind::InvalidMessage, PM_OUTCOME_NOT_SENT, Some(field), text)
    }

    /// One of several messages can't be sent as its builder was called.
    pub(crate) fn invalid_message_of(index: usize, fault: Fault) -> Self {
        let field = format!("messages[{index}].{}", fault.field);
        let text = format!("{field}: {}. Nothing was sent: correct the message and send it.", fault.problem);
        Self::own(ErrorClass::InvalidMessage, Kind::InvalidMessage, PM_OUTCOME_NOT_SENT, Some(&field), text)
    }

    /// The error of a call that reads: it has no outcome.
    pub(crate) fn of_read(mut self) -> Self {
        self.0.outcome = PM_OUTCOME_NONE;
        self
    }

    /// A callback was asked for when none may come any more.
    pub(crate) fn closed() -> Self {
        let text = "the client is closed. The message was not sent; with an open client it is safe to send it again.";
        Self::own(ErrorClass::Transport, Kind::Closed, PM_OUTCOME_NOT_SENT, None, text.to_owned())
    }

    /// A handle of the parent process was used in a forked child, where it can't work.
    pub(crate) fn forked(field: &'static str) -> Self {
        let text = format!(
            "{field}: belongs to the parent of this process. Nothing was sent: make one in this process."
        );
        Self::own(ErrorClass::Config, Kind::Forked, PM_OUTCOME_NOT_SENT, Some(field), text)
    }

    /// The sandbox can't do what it was told.
    pub(crate) fn sandbox(field: Option<&str>, problem: &str) -> Self {
        Self::own(
            ErrorClass::Config,
            Kind::Config,
            PM_OUTCOME_NONE,
            field,
            format!("the sandbox can't do that: {problem}"),
        )
    }

    /// The machine does not allow it; no message is at stake.
    pub(crate) fn machine(problem: String) -> Self {
        Self::own(ErrorClass::Base, Kind::Internal, PM_OUTCOME_NONE, None, problem)
    }

    pub(crate) fn panicked(outcome: pm_outcome) -> Self {
        let consequence = match outcome {
            PM_OUTCOME_UNKNOWN => {
                " The message may have been sent and may not: find out before sending it again."
            }
            _ => "",
        };
        let text = format!("A fault of this library: please report it.{consequence}");
        Self::own(ErrorClass::Base, Kind::Internal, outcome, None, text)
    }

    pub(crate) fn status(&self) -> pm_status {
        status_of(self.0.class)
    }

    #[cfg(test)]
    pub(crate) fn outcome(&self) -> pm_outcome {
        self.0.outcome
    }
}

impl From<Error> for pm_error {
    fn from(error: Error) -> Self {
        Self(Box::new(Facts {
            class: error.class(),
            class_name: c_text(error.class().name()),
            kind: c_text(error.kind().as_str()),
            outcome: outcome_of(error.outcome()),
            message: c_text(error.to_string()),
            field: error.field().map(c_text),
            code: error.code().map(c_text),
            request_id: error.request_id().map(c_text),
            body: error.body().map(c_text),
            http_status: error.status().map_or(0, i32::from),
            attempts: error.attempts(),
            elapsed: error.elapsed(),
            retry_after: error.retry_after(),
        }))
    }
}

pub(crate) fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The class of the error; PM_OK for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_status(error: Option<&pm_error>) -> pm_status {
    ffi::entry(PM_OK, || error.map_or(PM_OK, pm_error::status))
}

/// What became of the message; PM_OUTCOME_NONE when none was at stake, and for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_outcome(error: Option<&pm_error>) -> pm_outcome {
    ffi::entry(PM_OUTCOME_NONE, || error.map_or(PM_OUTCOME_NONE, |error| error.0.outcome))
}

/// The stable word for what went wrong: "config", "invalid_message", "dns",
/// "connect", "tls", "proxy", "timeout", "cancelled", "closed", "reset",
/// "refused", "malformed", "too_large", "redirect", "server", "api", "forked"
/// or "internal". Later versions may add others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_kind(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.map(|error| &error.0.kind)))
}

/// The name of the error's class, as the exceptions of the C++ header are
/// called, for example "InsufficientCreditError": finer than its status.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_class_name(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.map(|error| &error.0.class_name)))
}

/// What happened, what that means for the message, and what to do; for people.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_message(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.map(|error| &error.0.message)))
}

/// The option or the message's field at fault: an option by its name in the
/// setters ("api_key", "timeout"), a message's field by its name on the wire
/// ("templateId"); otherwise NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_field(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.and_then(|error| error.0.field.as_ref())))
}

/// The service's own code, for example "INSUFFICIENT_CREDIT", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_code(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.and_then(|error| error.0.code.as_ref())))
}

/// The HTTP status of the answer; 0 when there was none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_http_status(error: Option<&pm_error>) -> i32 {
    ffi::entry(0, || error.map_or(0, |error| error.0.http_status))
}

/// How many requests were begun for the call, the failed one included; 0 when
/// it was refused before any I/O.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_attempts(error: Option<&pm_error>) -> u32 {
    ffi::entry(0, || error.map_or(0, |error| error.0.attempts))
}

/// The time from the start of the call to its end, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_elapsed_ms(error: Option<&pm_error>) -> i64 {
    ffi::entry(0, || error.map_or(0, |error| milliseconds(error.0.elapsed)))
}

/// How long the service asked to wait, in milliseconds; -1 when it did not say.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_retry_after_ms(error: Option<&pm_error>) -> i64 {
    ffi::entry(-1, || error.and_then(|error| error.0.retry_after).map_or(-1, milliseconds))
}

/// The id that the service gave the request, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_request_id(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.and_then(|error| error.0.request_id.as_ref())))
}

/// The beginning of the answer's body, made safe to print; NULL when there was
/// no answer.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_body(error: Option<&pm_error>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(error.and_then(|error| error.0.body.as_ref())))
}

/// Frees an error that a function handed over; NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_free(error: Option<Box<pm_error>>) {
    ffi::entry((), || drop(error));
}
