//! The sandbox: a local server for a program's own tests.

use std::ffi::{CString, c_char};
use std::io;
use std::sync::{Mutex, PoisonError};

use partner_messaging::Error;
use partner_messaging_sandbox::{Config, ControlError, Sandbox, ShowInbox};

use super::argument::require_string;
use crate::ffi::c_string;
use crate::ffi::signals::AllBlocked;

/// A real server on loopback that speaks the service's API, for development and
/// for a program's own tests. It runs on a thread of its own.
pub struct pm_sandbox {
    running: Mutex<Option<Sandbox>>,
    pub(crate) url: CString,
    pub(crate) api_key: CString,
}

impl pm_sandbox {
    pub(crate) fn start(config: *const c_char) -> Result<Self, Error> {
        let mut config = if config.is_null() {
            Config::default()
        } else {
            Config::from_json(require_string("config", config)?).map_err(|error| refused("config", &error))?
        };
        let inbox = match config.inbox.replace(ShowInbox::Off) {
            Some(inbox) => inbox,
            None => ShowInbox::from_env().map_err(|error| refused("config", &error))?,
        };
        let sandbox = {
            // A thread started here inherits the mask.
            let _blocked = AllBlocked::new();
            Sandbox::start_with(config).map_err(|error| match error.kind() {
                io::ErrorKind::InvalidInput => Error::config("config", error.to_string()),
                _ => Error::out_of_resources(format!("the sandbox can't be started: {error}")),
            })?
        };
        // A browser must not inherit it.
        sandbox.show_inbox(inbox);
        Ok(Self {
            url: c_string(sandbox.url()),
            api_key: c_string(sandbox.api_key()),
            running: Mutex::new(Some(sandbox)),
        })
    }

    pub(crate) fn control(&self, command: *const c_char) -> Result<CString, Error> {
        let command = require_string("command", command)?;
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match &*running {
            Some(sandbox) => {
                sandbox.control(command).map(c_string).map_err(|error| refused("command", &error))
            }
            None => Err(refused("sandbox", &ControlError::stopped())),
        }
    }

    pub(crate) fn stop(&self) {
        let sandbox = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(sandbox);
    }
}

/// What the sandbox doesn't understand: the member at fault, or the whole argument.
fn refused(argument: &str, error: &ControlError) -> Error {
    Error::config(error.field().unwrap_or(argument), error.problem())
}
