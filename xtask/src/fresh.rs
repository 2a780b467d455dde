//! The gate as a new machine runs it: on a clone with nothing beside it, in an environment
//! with nothing in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Result;
use crate::files::{empty_folder, remove_folder};
use crate::machine::machine_python;
use crate::process::{in_path, joined, output, program, run};
use crate::workspace::Workspace;

/// What every system has; programs of the gate that are found elsewhere are named.
const SYSTEM: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Runs `.ci/run`, or those parts of it, on what is committed.
///
/// The clone is in the system's folder for temporary files, away from the checkout, where no
/// tool that looks for its settings in the folders above finds ours. A failure leaves it there.
pub(crate) fn run_gate(workspace: &Workspace, parts: &[&str]) -> Result<()> {
    let place = std::env::temp_dir().join(format!("partner-messaging-fresh-{}", std::process::id()));
    empty_folder(&place)?;
    let checkout = place.join("checkout");
    clone(&workspace.root, &checkout)?;
    // The documents that a checkout may have beside it.
    let shared = workspace.root.with_file_name("shared");
    if shared.is_dir() {
        run(program("cp").args(["-R", "--"]).arg(shared).arg(&place))?;
    }
    run(gate(&checkout)?.args(parts))
        .map_err(|problem| format!("{problem}; what it left is in {}", place.display()))?;
    remove_folder(&place)
}

/// What is committed, without its history.
pub(crate) fn clone(root: &Path, checkout: &Path) -> Result<()> {
    let git = |folder: &Path| {
        let mut git = program("git");
        git.current_dir(folder);
        git
    };
    if !output(git(root).args(["status", "--porcelain"]))?.is_empty() {
        eprintln!("what is not committed takes no part in this");
    }
    let head = output(git(root).args(["rev-parse", "HEAD"]))?;
    run(git(root).args(["clone", "--quiet", "--no-checkout", "--", "."]).arg(checkout))?;
    run(git(checkout).args(["-c", "advice.detachedHead=false", "checkout", "--quiet", head.trim()]))
}

fn gate(checkout: &Path) -> Result<Command> {
    let mut gate = program(checkout.join(".ci/run"));
    gate.env_clear().current_dir(checkout).stdin(Stdio::null()).env("CI", "true").env("PATH", path()?);
    // Where the machine keeps its Rust, if it says so, is a part of finding it.
    for name in ["HOME", "CARGO_HOME", "RUSTUP_HOME"] {
        if let Some(value) = std::env::var_os(name) {
            gate.env(name, value);
        }
    }
    Ok(gate)
}

/// The folders of Rust, Node and Python, and those of the system.
fn path() -> Result<std::ffi::OsString> {
    let folder = |program: Option<PathBuf>| Some(program?.parent()?.to_owned());
    let named = [folder(in_path("cargo")), folder(Some(machine_python()?)), folder(in_path("node"))];
    Ok(joined(named.into_iter().flatten().chain(SYSTEM.map(PathBuf::from))))
}
