//! The sandbox: a local server for a program's own tests.

use std::ffi::c_char;

use super::boundary;
use crate::ffi::{entry, pointer};
use crate::handles::argument::ArgumentError;
use crate::handles::generated::pm_error;
use crate::handles::sandbox::pm_sandbox;
use crate::handles::status::pm_status;

/// Starts a sandbox on a free port of 127.0.0.1; it accepts connections when
/// this returns.
///
/// @param config   NULL, or JSON such as {"api_key": "k", "state": {"balance": "1.00"}}.
///                 "inbox": "print" writes the address of its page on standard error,
///                 "inbox": "open" opens it in a browser; without it the environment
///                 variable PARTNER_MESSAGING_INBOX decides ("print", "open", "off").
/// @param sandbox  Where the sandbox is written, to be freed with
///                 pm_sandbox_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_start(
    config: *const c_char,
    sandbox: *mut *mut pm_sandbox,
    error: *mut *mut pm_error,
) -> pm_status {
    let no_place = sandbox.is_null();
    boundary::read(sandbox, error, || {
        if no_place {
            return Err(ArgumentError::null("sandbox", "a place for the sandbox").into());
        }
        pm_sandbox::start(config)
    })
}

/// The base URL to give to pm_options_set_base_url(). A browser shows there what the
/// sandbox got, live.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_url(sandbox: Option<&pm_sandbox>) -> *const c_char {
    entry(std::ptr::null(), || pointer(sandbox.map(|sandbox| &sandbox.url)))
}

/// The key to give to pm_options_set_api_key().
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_api_key(sandbox: Option<&pm_sandbox>) -> *const c_char {
    entry(std::ptr::null(), || pointer(sandbox.map(|sandbox| &sandbox.api_key)))
}

/// Carries out a command, such as {"op": "requests"} or
/// {"op": "push_fault", "fault": {"kind": "stall", "ms": 200}}.
///
/// @param sandbox  The sandbox.
/// @param command  The command, in JSON.
/// @param answer   NULL, or where the answer is written, JSON to be freed with
///                 pm_string_free(); NULL on failure.
/// @param error    NULL, or where the error is written, to be freed with
///                 pm_error_free(); NULL on success.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_control(
    sandbox: Option<&pm_sandbox>,
    command: *const c_char,
    answer: *mut *mut c_char,
    error: *mut *mut pm_error,
) -> pm_status {
    boundary::read_string(answer, error, || match sandbox {
        Some(sandbox) => sandbox.control(command),
        None => Err(ArgumentError::null("sandbox", "a sandbox").into()),
    })
}

/// Ends the server and all its connections, and waits until it is gone. The
/// handle and its strings stay. Stopping twice is fine, and so is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_stop(sandbox: Option<&pm_sandbox>) {
    entry((), || {
        if let Some(sandbox) = sandbox {
            sandbox.stop();
        }
    });
}
