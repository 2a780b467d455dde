//! The one place where commands are made, so that each begins in the same environment
//! whatever a shell, an editor or cargo itself left in ours.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Result;

/// Of the environment, what tells a program where it is. Anything else (`VIRTUAL_ENV`,
/// `PYTHONPATH`, `NODE_OPTIONS`, `RUSTFLAGS`, `CC`, a proxy, an API key, what cargo tells the
/// programs it runs) would make a result differ from one shell to the next.
const KEPT: [&str; 11] = [
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "TMPDIR",
    "CI",
    "CARGO_HOME",
    "RUSTUP_HOME",
    // Which compiler the caller chose: `cargo +1.90 xtask`.
    "RUSTUP_TOOLCHAIN",
    "NO_COLOR",
];

/// What a package manager may need to reach its registry from this machine: given only to
/// what fetches, by [`with_network`]. Tests talk to this machine alone.
const NETWORK: [&str; 26] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "CARGO_HTTP_CAINFO",
    "CARGO_HTTP_PROXY",
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_PROXY",
    "PIP_TRUSTED_HOST",
    "npm_config_cafile",
    "npm_config_registry",
    "npm_config_userconfig",
];

/// What takes so many seconds says how many: it is where time can be saved.
const SLOW: u64 = 5;

/// A command in the environment that all of ours have.
#[expect(clippy::disallowed_methods, reason = "the one place")]
pub(crate) fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("PATH", search_path()).env("LANG", "C.UTF-8");
    command.envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command
}

/// Lets a command that installs packages find its registry.
pub(crate) fn with_network(command: &mut Command) -> &mut Command {
    command.env_remove("CARGO_NET_OFFLINE");
    command.envs(NETWORK.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
}

/// Puts a folder's programs before the machine's.
pub(crate) fn first_in_path(command: &mut Command, folder: &Path) {
    command.env("PATH", joined(std::iter::once(folder.to_owned()).chain(folders())));
}

/// Where a program of the machine is.
pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    folders().into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Where programs are found: `PATH` without the environment that a shell has activated, and
/// without what depends on where one stands.
pub(crate) fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let activated: Vec<PathBuf> = ["VIRTUAL_ENV", "CONDA_PREFIX"]
        .iter()
        .filter_map(|name| Some(Path::new(&std::env::var_os(name)?).join("bin")))
        .collect();
    system_folders(&path, &activated)
}

fn system_folders(path: &OsStr, activated: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in std::env::split_paths(path) {
        let of_a_project = folder.ends_with("node_modules/.bin") || activated.contains(&folder);
        if folder.is_absolute() && !of_a_project && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

fn search_path() -> OsString {
    joined(folders().into_iter())
}

/// A `PATH` of folders; empty if the name of one of them can't be in any.
pub(crate) fn joined(folders: impl Iterator<Item = PathBuf>) -> OsString {
    std::env::join_paths(folders).unwrap_or_default()
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    eprintln!("$ {}", display(command));
    let began = Instant::now();
    let status = command.status().map_err(|error| could_not_start(command, &error))?;
    let seconds = began.elapsed().as_secs();
    if seconds >= SLOW {
        eprintln!("took {seconds} s: {}", display(command));
    }
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", display(command))) }
}

/// Runs a program to its end and gives its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = output_bytes(command)?;
    String::from_utf8(output).map_err(|_| format!("{} did not write UTF-8", display(command)))
}

/// The same for a program that may write anything.
pub(crate) fn output_bytes(command: &mut Command) -> Result<Vec<u8>> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| could_not_start(command, &error))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("{} failed: {}", display(command), output.status)),
    }
}

/// Whether a program can be started and ends well; it says nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn could_not_start(command: &Command, error: &std::io::Error) -> String {
    format!("{} can't be started: {error}", command.get_program().to_string_lossy())
}

fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_sees_nothing_else_of_our_environment() {
        // Cargo set this for the test itself.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        let seen = output(&mut program("env")).unwrap();
        let names: Vec<&str> = seen.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
        let unknown: Vec<&&str> =
            names.iter().filter(|name| !KEPT.contains(name) && !["PATH", "LANG"].contains(name)).collect();
        assert!(unknown.is_empty() && names.contains(&"PATH"), "{unknown:?}");
    }

    #[test]
    fn what_a_shell_activated_is_not_searched() {
        let activated = [PathBuf::from("/project/venv/bin")];
        let path = "/project/venv/bin:bin:/usr/bin:/project/node_modules/.bin::/bin:/usr/bin";
        assert_eq!(
            system_folders(OsStr::new(path), &activated),
            [PathBuf::from("/usr/bin"), PathBuf::from("/bin")]
        );
    }
}
