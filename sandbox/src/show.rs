//! How a sandbox tells, when it starts, where its inbox is.

use std::env;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::browser;
use crate::error::ControlError;

/// The environment variable that decides for every sandbox whose configuration does not.
const VARIABLE: &str = "PARTNER_MESSAGING_INBOX";

/// How a sandbox shows its inbox when it starts.
///
/// The page shows what comes for as long as the sandbox runs: stop a test in a debugger to
/// look around.
///
/// ```no_run
/// use partner_messaging_sandbox::{Config, Sandbox, ShowInbox};
///
/// let sandbox = Sandbox::start_with(Config { inbox: Some(ShowInbox::Open), ..Config::default() })?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowInbox {
    /// Not at all.
    Off,
    /// A line on standard error has its address.
    Print,
    /// A browser opens it: the one that the environment variable `BROWSER` names, else the
    /// user's. Where there is none, a line on standard error has the address.
    Open,
}

impl ShowInbox {
    /// What the environment variable `PARTNER_MESSAGING_INBOX` says: `print`, `open` or `off`,
    /// which it is without that variable. The error names the variable.
    pub fn from_env() -> Result<ShowInbox, ControlError> {
        match env::var_os(VARIABLE).unwrap_or_default().to_str() {
            Some("" | "off") => Ok(ShowInbox::Off),
            Some("print") => Ok(ShowInbox::Print),
            Some("open") => Ok(ShowInbox::Open),
            _ => Err(ControlError::at(VARIABLE, "must be print, open or off")),
        }
    }

    pub(crate) fn show(self, address: &str) {
        match self {
            ShowInbox::Off => {}
            ShowInbox::Print => print(address),
            ShowInbox::Open => {
                if let Err(error) = browser::open(address) {
                    print(&format!("{address} (no browser could be started: {error})"));
                }
            }
        }
    }
}

/// Nobody may be reading standard error, which must not end a test.
fn print(text: &str) {
    let _ = writeln!(io::stderr(), "partner-messaging sandbox: inbox at {text}");
}
