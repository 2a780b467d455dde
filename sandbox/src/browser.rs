//! Opening an address in a browser.

use std::env;
use std::io;
use std::process::{Command, Stdio};

/// What opens an address in the user's browser.
#[cfg(target_os = "macos")]
const OPENERS: [&str; 1] = ["open"];
#[cfg(windows)]
const OPENERS: [&str; 1] = ["rundll32 url.dll,FileProtocolHandler"];
#[cfg(not(any(target_os = "macos", windows)))]
const OPENERS: [&str; 4] = ["xdg-open", "gio open", "wslview", "x-www-browser"];

/// Starts the first browser that there is: of those that the environment variable `BROWSER`
/// names, with a colon between two, else the user's.
///
/// # Errors
/// Why the last of them could not be started.
pub(crate) fn open(address: &str) -> io::Result<()> {
    let named = env::var("BROWSER").unwrap_or_default();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "there is no display");
    let openers = OPENERS.into_iter().filter(|_| has_display());
    for command in named.split(':').chain(openers).filter(|it| !it.trim().is_empty()) {
        match start(command, address) {
            Ok(()) => return Ok(()),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Whether a window can be seen: where it can't, what opens addresses starts and says so to nobody.
fn has_display() -> bool {
    let variables = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"];
    cfg!(any(target_os = "macos", windows)) || variables.iter().any(|name| env::var_os(name).is_some())
}

/// Starts a program with its arguments; the address stands where they have `%s`, or at their end.
fn start(command: &str, address: &str) -> io::Result<()> {
    let mut words = command.split_whitespace();
    let mut started = Command::new(words.next().unwrap_or_default());
    started.args(words.map(|word| word.replace("%s", address)));
    if !command.contains("%s") {
        started.arg(address);
    }
    started.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
}
