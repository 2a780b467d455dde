//! The getters of completions.

use std::ffi::{c_char, c_void};

use crate::ffi::entry;
use crate::handles::call_kind::{CALL_KINDS, CallKind, PM_CALL_NONE, pm_call_kind};
use crate::handles::completion::{Value, pm_completion};
use crate::handles::generated::{pm_balance, pm_error, pm_page, pm_receipt, pm_record, pm_reply, pm_trail};
use crate::handles::status::{PM_INTERNAL_ERROR, PM_OK, pm_status};

/// The pointer that was given to the function that submitted the call.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_user_data(completion: Option<&pm_completion>) -> *mut c_void {
    entry(std::ptr::null_mut(), || {
        completion.map_or(std::ptr::null_mut(), |completion| completion.user_data.pointer())
    })
}

/// Which call it is of; PM_CALL_NONE for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_kind(completion: Option<&pm_completion>) -> pm_call_kind {
    entry(PM_CALL_NONE.code(), || completion.map_or(PM_CALL_NONE, |completion| completion.kind).code())
}

/// The stable word for a kind of call: "none", "send", "send_with_fallback",
/// "get_message", "wait_for_status", "next", "next_page", "get_balance" or "request";
/// "?" for any other number, never NULL. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn pm_call_kind_name(kind: pm_call_kind) -> *const c_char {
    let known = CALL_KINDS.into_iter().find(|known| known.code() == kind);
    known.map_or(c"?", CallKind::name).as_ptr()
}

/// What the same call would have returned if it had waited, for example
/// pm_client_send(); PM_INTERNAL_ERROR for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_status(completion: Option<&pm_completion>) -> pm_status {
    entry(PM_INTERNAL_ERROR.code(), || match completion {
        None => PM_INTERNAL_ERROR.code(),
        Some(completion) => completion.error().map_or(PM_OK, pm_error::status).code(),
    })
}

/// The receipt of a send, with fallback or without; NULL on failure, and for
/// another call. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_receipt(completion: Option<&pm_completion>) -> Option<&pm_receipt> {
    entry(None, || match completion?.value() {
        Some(Value::Receipt(receipt)) => Some(receipt),
        _ => None,
    })
}

/// What became of each message of a send with fallback that was tried, on
/// success and on failure; NULL when none was, and for another call. It belongs
/// to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_trail(completion: Option<&pm_completion>) -> Option<&pm_trail> {
    entry(None, || completion?.trail())
}

/// The message that was read, waited for or next in a list; NULL on failure, at the
/// end of a list, and for another call. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_record(completion: Option<&pm_completion>) -> Option<&pm_record> {
    entry(None, || match completion?.value() {
        Some(Value::Record(record)) => Some(record),
        _ => None,
    })
}

/// The next page of a list; NULL on failure, after the last one, and for another
/// call. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_page(completion: Option<&pm_completion>) -> Option<&pm_page> {
    entry(None, || match completion?.value() {
        Some(Value::Page(page)) => Some(page),
        _ => None,
    })
}

/// The credit that is left; NULL on failure, and for another call. It belongs
/// to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_balance(completion: Option<&pm_completion>) -> Option<&pm_balance> {
    entry(None, || match completion?.value() {
        Some(Value::Balance(balance)) => Some(balance),
        _ => None,
    })
}

/// The answer to a request; NULL on failure, and for another call. It belongs
/// to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_reply(completion: Option<&pm_completion>) -> Option<&pm_reply> {
    entry(None, || match completion?.value() {
        Some(Value::Reply(reply)) => Some(reply),
        _ => None,
    })
}

/// The error, NULL on success. It belongs to the completion: don't free it.
#[unsafe(no_mangle)]
pub extern "C" fn pm_completion_error(completion: Option<&pm_completion>) -> Option<&pm_error> {
    entry(None, || completion?.error())
}
