//! The sandbox: a local server for a program's own tests.

use std::ffi::{CString, c_char};
use std::io;
use std::sync::{Mutex, PoisonError};

use partner_messaging_sandbox::{Config, ControlError, Sandbox};

use crate::error::pm_error;
use crate::fault::{Fault, Faults};
use crate::ffi::{self, c_text, pointer};
use crate::signals::AllBlocked;
use crate::status::{PM_OUTCOME_NONE, pm_status};

/// A real server on loopback that speaks the service's API, for development and
/// for a program's own tests. It runs on a thread of its own.
pub struct pm_sandbox {
    running: Mutex<Option<Sandbox>>,
    url: CString,
    api_key: CString,
}

impl pm_sandbox {
    fn start(config: *const c_char) -> Result<Self, pm_error> {
        let config =
            if config.is_null() { Config::default() } else { Config::from_json(text("config", config)?)? };
        // A thread started here inherits the mask.
        let _blocked = AllBlocked::new();
        let sandbox = Sandbox::start_with(config).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => pm_error::sandbox(Some("config"), &error.to_string()),
            _ => pm_error::machine(format!("The sandbox can't be started: {error}.")),
        })?;
        Ok(Self {
            url: c_text(sandbox.url()),
            api_key: c_text(sandbox.api_key()),
            running: Mutex::new(Some(sandbox)),
        })
    }

    fn control(&self, command: *const c_char) -> Result<CString, pm_error> {
        let command = text("command", command)?;
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match &*running {
            Some(sandbox) => Ok(c_text(sandbox.control(command)?)),
            None => Err(pm_error::sandbox(None, "it was stopped")),
        }
    }

    fn stop(&self) {
        let sandbox = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(sandbox);
    }
}

impl From<ControlError> for pm_error {
    fn from(error: ControlError) -> Self {
        Self::sandbox(error.field(), &error.to_string())
    }
}

fn text<'a>(field: &'static str, argument: *const c_char) -> Result<&'a str, pm_error> {
    let mut faults = Faults::default();
    let text = faults.text(field, argument);
    text.ok_or_else(|| {
        let Fault { field, problem } = faults.first().unwrap_or(Fault { field, problem: "is no text" });
        pm_error::sandbox(Some(field), &format!("{field} {problem}"))
    })
}

/// Starts a sandbox on a free port of 127.0.0.1; it accepts connections when
/// this returns.
///
/// @param config   NULL, or JSON such as {"api_key": "k", "state": {"balance": "1.00"}}.
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
    ffi::call(sandbox, error, PM_OUTCOME_NONE, || {
        if no_place {
            return Err(pm_error::sandbox(Some("sandbox"), "sandbox must be a place for it, and is NULL"));
        }
        Ok(Box::new(pm_sandbox::start(config)?))
    })
}

/// The base URL to give to pm_options_set_base_url().
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_url(sandbox: Option<&pm_sandbox>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(sandbox.map(|sandbox| &sandbox.url)))
}

/// The key to give to pm_options_set_api_key().
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_api_key(sandbox: Option<&pm_sandbox>) -> *const c_char {
    ffi::entry(std::ptr::null(), || pointer(sandbox.map(|sandbox| &sandbox.api_key)))
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
    ffi::call_for_text(answer, error, || match sandbox {
        Some(sandbox) => sandbox.control(command),
        None => Err(pm_error::sandbox(Some("sandbox"), "sandbox must be a sandbox, and is NULL")),
    })
}

/// Ends the server and all its connections, and waits until it is gone. The
/// handle and its texts stay. Stopping twice is fine, and so is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_stop(sandbox: Option<&pm_sandbox>) {
    ffi::entry((), || {
        if let Some(sandbox) = sandbox {
            sandbox.stop();
        }
    });
}

/// Frees a sandbox; NULL is fine. One that still runs is stopped: this is the
/// one free function that waits, for the moment that its thread takes to end.
#[unsafe(no_mangle)]
pub extern "C" fn pm_sandbox_free(sandbox: Option<Box<pm_sandbox>>) {
    ffi::entry((), || drop(sandbox));
}
