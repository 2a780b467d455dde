//! What all entries that can fail have in common.

use std::ffi::{CString, c_char};
use std::time::Duration;

use partner_messaging::{Effect, Error};

use crate::ffi::callback::is_running;
use crate::ffi::signals::NoSigpipe;
use crate::ffi::{entry, write_number, write_out, write_string};
use crate::handles::argument::{ArgumentError, Problem};
use crate::handles::call::pm_call;
use crate::handles::generated::pm_error;
use crate::handles::status::{PM_OK, pm_status};

/// Runs the body of an entry that can fail before anything leaves, and sets both
/// out-parameters on every path.
pub(super) fn call<T>(
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<T, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(Effect::Send, Error::not_begun, body);
    write_result(result, error, |value| write_out(out, Some(Box::new(value))))
}

/// Like [`call`] for an entry whose error has no outcome.
pub(super) fn read<T>(
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<T, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(Effect::Read, Error::internal_fault, body);
    write_result(result, error, |value| write_out(out, Some(Box::new(value))))
}

/// Like [`read`] for a string, which the caller frees with `pm_string_free`.
pub(super) fn read_string(
    out: *mut *mut c_char,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<CString, Error>,
) -> pm_status {
    write_string(out, None);
    let result = run(Effect::Read, Error::internal_fault, body);
    write_result(result, error, |value| write_string(out, Some(value)))
}

/// Runs the body of an entry that waits for the service.
pub(super) fn wait<T>(
    effect: Effect,
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<T, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(effect, Error::internal_fault, || waiting(body));
    write_result(result, error, |value| write_out(out, Some(Box::new(value))))
}

/// Like [`wait`] for a read of what may be absent without being an error.
pub(super) fn wait_for_option<T>(
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<Option<T>, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(Effect::Read, Error::internal_fault, || waiting(body));
    write_result(result, error, |value| write_out(out, value.map(Box::new)))
}

/// Runs the body of an entry that waits for a journal.
pub(super) fn ask<T>(
    effect: Effect,
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<T, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(effect, Error::not_begun, || asking(body));
    write_result(result, error, |value| write_out(out, Some(Box::new(value))))
}

/// Like [`ask`] for what may be absent without being an error.
pub(super) fn ask_for_option<T>(
    out: *mut *mut T,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<Option<T>, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(Effect::Read, Error::not_begun, || asking(body));
    write_result(result, error, |value| write_out(out, value.map(Box::new)))
}

/// Like [`ask`] for a number.
pub(super) fn ask_for_number(
    out: *mut u64,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<u64, Error>,
) -> pm_status {
    write_number(out, 0);
    let result = run(Effect::Read, Error::not_begun, || asking(body));
    write_result(result, error, |value| write_number(out, value))
}

/// Runs the body of an entry that submits a call, which has not left yet when this returns.
pub(super) fn submit(
    effect: Effect,
    out: *mut *mut pm_call,
    error: *mut *mut pm_error,
    body: impl FnOnce() -> Result<pm_call, Error>,
) -> pm_status {
    write_out(out, None);
    let result = run(effect, Error::not_begun, body);
    write_result(result, error, |call| write_out(out, Some(Box::new(call))))
}

/// A time to wait; a negative number of milliseconds is for ever. A callback never waits.
pub(super) fn duration(timeout_ms: i64) -> Option<Duration> {
    if is_running() {
        return Some(Duration::ZERO);
    }
    u64::try_from(timeout_ms).ok().map(Duration::from_millis)
}

/// Runs a body; what it fails with is told of the call's effect.
fn run<T>(
    effect: Effect,
    panicked: fn(Effect) -> Error,
    body: impl FnOnce() -> Result<T, Error>,
) -> Result<T, Error> {
    let result = entry(None, || Some(body())).unwrap_or_else(|| Err(panicked(effect)));
    result.map_err(|error| error.attach_effect(effect))
}

/// Refuses to wait within a callback: it might wait for itself.
fn waiting<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    if is_running() {
        return Err(ArgumentError { field: "client", problem: Problem::WaitInCallback }.into());
    }
    let _no_sigpipe = NoSigpipe::new();
    body()
}

/// Refuses to wait for the disk within a callback: every submitted call would wait, too.
fn asking<T>(body: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    if is_running() {
        return Err(ArgumentError { field: "journal", problem: Problem::DiskInCallback }.into());
    }
    body()
}

fn write_result<T>(
    result: Result<T, Error>,
    error: *mut *mut pm_error,
    write_value: impl FnOnce(T),
) -> pm_status {
    match result {
        Ok(value) => {
            write_out(error, None);
            write_value(value);
            PM_OK.code()
        }
        Err(failure) => {
            let failure = pm_error::from(failure);
            let status = failure.status().code();
            write_out(error, Some(Box::new(failure)));
            status
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handles::status::PM_INTERNAL_ERROR;
    use partner_messaging::Outcome;

    #[test]
    fn a_panic_becomes_an_error() {
        let mut out = std::ptr::dangling_mut::<u8>();
        let mut error: Option<Box<pm_error>> = None;
        let status = wait(Effect::Send, &raw mut out, (&raw mut error).cast(), || panic!("meant to"));
        assert_eq!(status, PM_INTERNAL_ERROR.code());
        assert!(out.is_null());
        assert_eq!(error.unwrap().core.outcome(), Some(Outcome::Unknown));
    }
}
