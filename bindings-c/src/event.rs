//! What a client tells of its calls while they run.

use std::ffi::{CString, c_char};
use std::time::Duration;

use partner_messaging::{ClientBuilder, Event, Step};

use crate::error::milliseconds;
use crate::ffi::{self, EventCallback, c_text, pointer};
use crate::status::{PM_OUTCOME_NONE, outcome_of, pm_outcome};

/// A step of a call: an attempt, a pause before the next, or the call's end.
///
/// It never holds the API key, a message's text or a whole recipient.
pub struct pm_event {
    text: CString,
    step: CString,
    call: CString,
    channel: Option<CString>,
    recipient: Option<CString>,
    kind: Option<CString>,
    outcome: pm_outcome,
    attempts: u32,
    http_status: i32,
    pause: Option<Duration>,
    elapsed: Option<Duration>,
}

impl From<&Event> for pm_event {
    fn from(event: &Event) -> Self {
        let mut made = Self {
            text: c_text(event.to_string()),
            step: CString::default(),
            call: c_text(event.call),
            channel: event.channel.as_deref().map(c_text),
            recipient: event.recipient.as_deref().map(c_text),
            kind: None,
            outcome: PM_OUTCOME_NONE,
            attempts: 0,
            http_status: 0,
            pause: None,
            elapsed: None,
        };
        match &event.step {
            Step::Attempt { number } => {
                made.step = c"attempt".into();
                made.attempts = *number;
            }
            Step::Retry { number, kind, pause } => {
                made.step = c"retry".into();
                made.attempts = *number;
                made.kind = Some(c_text(kind.as_str()));
                made.pause = Some(*pause);
            }
            Step::Ended { outcome, kind, status, attempts, elapsed } => {
                made.step = c"ended".into();
                made.outcome = outcome_of(*outcome);
                made.kind = kind.map(|kind| c_text(kind.as_str()));
                made.http_status = status.map_or(0, i32::from);
                made.attempts = *attempts;
                made.elapsed = Some(*elapsed);
            }
            // A later core may tell more; its text says what.
            _ => made.step = c"other".into(),
        }
        made
    }
}

/// A builder whose client tells `callback`.
pub(crate) fn connect(builder: ClientBuilder, callback: Option<EventCallback>) -> ClientBuilder {
    match callback {
        Some(callback) => builder.on_event(move |event| callback.call(&event.into())),
        None => builder,
    }
}

/// What happened: "attempt" (a request is about to be made), "retry" (it
/// failed, and there will be another after a pause) or "ended" (the call has
/// its result). Later versions may add others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_step(event: Option<&pm_event>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(event.map(|event| &event.step)))
}

/// The whole event as a line for a log, without a line feed.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_text(event: Option<&pm_event>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(event.map(|event| &event.text)))
}

/// The call that it is about: "send", "get_message", "list_messages",
/// "get_balance" or "request". Later versions may add others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_call(event: Option<&pm_event>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(event.map(|event| &event.call)))
}

/// The channel of the message to send, for example "SMS", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_channel(event: Option<&pm_event>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(event.and_then(|event| event.channel.as_ref())))
}

/// The recipient with only its last four characters left, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_recipient(event: Option<&pm_event>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(event.and_then(|event| event.recipient.as_ref())))
}

/// The number of the attempt, from 1; at the end, how many were begun.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_attempts(event: Option<&pm_event>) -> u32 {
    ffi::entry(0, || event.map_or(0, |event| event.attempts))
}

/// What became of the message; PM_OUTCOME_NONE before the end.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_outcome(event: Option<&pm_event>) -> pm_outcome {
    ffi::entry(PM_OUTCOME_NONE, || event.map_or(PM_OUTCOME_NONE, |event| event.outcome))
}

/// What went wrong, in the words of pm_error_kind(); NULL when nothing did.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_kind(event: Option<&pm_event>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(event.and_then(|event| event.kind.as_ref())))
}

/// The HTTP status of the answer that decided, unless the message was sent; otherwise 0.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_http_status(event: Option<&pm_event>) -> i32 {
    ffi::entry(0, || event.map_or(0, |event| event.http_status))
}

/// The pause before the next attempt, in milliseconds; -1 when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_pause_ms(event: Option<&pm_event>) -> i64 {
    ffi::entry(-1, || event.and_then(|event| event.pause).map_or(-1, milliseconds))
}

/// The time from the start of the call to its end, in milliseconds; -1 before the end.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_elapsed_ms(event: Option<&pm_event>) -> i64 {
    ffi::entry(-1, || event.and_then(|event| event.elapsed).map_or(-1, milliseconds))
}
