//! The getters of `pm_error`.
//!
//! GENERATED from the core's public types by `cargo xtask generate`: change those.

use std::ffi::c_char;

use crate::ffi::{entry, pointer};
use crate::handles::generated::{pm_error, pm_trail};
use crate::handles::status::{PM_OUTCOME_NONE, outcome_of, pm_outcome};
use crate::handles::value::{get, milliseconds};

/// The class of the error, by whose name every language has one.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_class_name(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| it.class.as_ptr())
}

/// The stable word for what went wrong. One of "config", "invalid_message", "dns",
/// "connect", "tls", "proxy", "timeout", "cancelled", "closed", "reset", "refused",
/// "malformed", "too_large", "redirect", "server", "api", "forked", "internal",
/// "spend_limit", "journal", "in_progress", "interrupted"; later versions may add
/// others.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_kind(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| it.kind.as_ptr())
}

/// What became of the message; absent when none was at stake, as in a read.
/// PM_OUTCOME_NONE when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_outcome(error: Option<&pm_error>) -> pm_outcome {
    get(error, PM_OUTCOME_NONE.code(), |it| outcome_of(it.outcome).code())
}

/// The option or the message's field at fault: an option by its name ("api_key"), a
/// message's field by its name on the wire ("templateId"). NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_field(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| pointer(it.field.as_ref()))
}

/// How many requests were begun for this call, the failed one included; 0 when the
/// call was refused before any I/O.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_attempts(error: Option<&pm_error>) -> u32 {
    get(error, 0, |it| it.attempts)
}

/// The time from the start of the call to its end, in milliseconds.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_elapsed_ms(error: Option<&pm_error>) -> i64 {
    get(error, 0, |it| milliseconds(it.elapsed))
}

/// What happened, what that means for the message, and what to do: the whole text,
/// for people.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_message(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| it.message.as_ptr())
}

/// The HTTP status of the answer, if there was one. 0 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_http_status(error: Option<&pm_error>) -> i32 {
    get(error, 0, |it| it.status.map_or(0, i32::from))
}

/// The service's own code, for example "INSUFFICIENT_CREDIT". NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_code(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| pointer(it.code.as_ref()))
}

/// The id that the service gave the request ("x-request-id", or Cloud Run's trace
/// id; an assumption, the API document names none). NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_request_id(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| pointer(it.request_id.as_ref()))
}

/// How long the service asked to wait ("Retry-After", RFC 9110 section 10.2.3), in
/// milliseconds. -1 when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_retry_after_ms(error: Option<&pm_error>) -> i64 {
    get(error, -1, |it| it.retry_after.map_or(-1, milliseconds))
}

/// The beginning of the answer's body: at most 2 KiB, control characters escaped,
/// the message's own texts and the key redacted. NULL when absent.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_body(error: Option<&pm_error>) -> *const c_char {
    get(error, std::ptr::null(), |it| pointer(it.body.as_ref()))
}

/// What became of each message of a pm_client_send_with_fallback() that was tried,
/// in order; empty for other calls. It belongs to the error: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_error_trail(error: Option<&pm_error>) -> Option<&pm_trail> {
    entry(None, || Some(&error?.trail))
}
