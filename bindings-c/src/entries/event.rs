//! The getters of events.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::event::pm_event;
use crate::handles::status::{PM_OUTCOME_NONE, pm_outcome};
use crate::handles::value::milliseconds;

/// What happened: "attempt" (a request is about to be made), "retry" (it
/// failed, and there will be another after a pause), "ended" (the call has
/// its result) or "slow_callback" (a callback has been running for more than 100 ms,
/// while all that its thread does waits: told when another call is submitted to that
/// thread meanwhile, and when the callback has returned). Of a call with a key, too:
/// "claimed" (its request may leave), "waiting" (another call has the key), "replayed" (it
/// was accepted before), "conflict" (what became of it contradicts the journal) or
/// "unrecorded" (that is not in the journal yet). Later versions may add others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_step(event: Option<&pm_event>) -> *const c_char {
    entry(std::ptr::null(), || pointer(event.map(|event| &event.step)))
}

/// The whole event as a line for a log, without a line feed.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_text(event: Option<&pm_event>) -> *const c_char {
    entry(std::ptr::null(), || pointer(event.map(|event| &event.text)))
}

/// The call that it is about: "send", "get_message", "list_messages",
/// "get_balance" or "request". Later versions may add others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_call(event: Option<&pm_event>) -> *const c_char {
    entry(std::ptr::null(), || pointer(event.map(|event| &event.call)))
}

/// The channel of the message to send, for example "SMS", or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_channel(event: Option<&pm_event>) -> *const c_char {
    entry(std::ptr::null(), || pointer(event.and_then(|event| event.channel.as_ref())))
}

/// The recipient with only its last four characters left, or NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_recipient(event: Option<&pm_event>) -> *const c_char {
    entry(std::ptr::null(), || pointer(event.and_then(|event| event.recipient.as_ref())))
}

/// The number of the attempt, from 1; at the end, how many were begun.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_attempts(event: Option<&pm_event>) -> u32 {
    entry(0, || event.map_or(0, |event| event.attempts))
}

/// What became of the message; PM_OUTCOME_NONE before the end.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_outcome(event: Option<&pm_event>) -> pm_outcome {
    entry(PM_OUTCOME_NONE.code(), || event.map_or(PM_OUTCOME_NONE, |event| event.outcome).code())
}

/// What went wrong, in the words of pm_error_kind(); NULL when nothing did.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_kind(event: Option<&pm_event>) -> *const c_char {
    entry(std::ptr::null(), || pointer(event.and_then(|event| event.kind.as_ref())))
}

/// The HTTP status of the answer that decided, unless the message was sent; otherwise 0.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_http_status(event: Option<&pm_event>) -> i32 {
    entry(0, || event.map_or(0, |event| event.http_status))
}

/// The pause before the next attempt, in milliseconds; -1 when there is none.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_pause_ms(event: Option<&pm_event>) -> i64 {
    entry(-1, || event.and_then(|event| event.pause).map_or(-1, milliseconds))
}

/// The time from the start of the call to its end, or of a slow callback until now, in
/// milliseconds; -1 before the end.
#[unsafe(no_mangle)]
pub extern "C" fn pm_event_elapsed_ms(event: Option<&pm_event>) -> i64 {
    entry(-1, || event.and_then(|event| event.elapsed).map_or(-1, milliseconds))
}
