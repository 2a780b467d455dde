//! The Rust crates: their tests, and what these print or do when asked alone.

use std::path::PathBuf;

use crate::Result;
use crate::machine::debian_program;
use crate::process::{in_path, run};
use crate::result::every;
use crate::services::postgres::Postgres;
use crate::toolchain::release_cargo;
use crate::workspace::Workspace;

/// The packages that are tested together, so that what they share is built once.
pub(crate) const TESTED: [&str; 14] = [
    "-p",
    "partner-messaging",
    "-p",
    "partner-messaging-journal",
    "-p",
    "partner-messaging-cli",
    "-p",
    "partner-messaging-sandbox",
    "-p",
    "partner-messaging-wire",
    "-p",
    "partner-messaging-bench",
    "-p",
    "partner-messaging-crash",
];

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    pooler()?;
    let server = Postgres::start(workspace)?;
    let crates = run(server.points(workspace.cargo("test").arg("--no-fail-fast").args(TESTED)));
    drop(server);
    // For the machine itself, as it was built to run.
    let xtask = run(workspace.cargo("test").args(["-p", "xtask"]).env_remove("CARGO_BUILD_TARGET"));
    every([crates, xtask])
}

/// What stands between processes and a server in the tests of crashes.
fn pooler() -> Result<()> {
    let debian = || Some(PathBuf::from("/usr/sbin/pgbouncer")).filter(|path| path.is_file());
    debian_program("pgbouncer", "pgbouncer", || debian().or_else(|| in_path("pgbouncer"))).map(drop)
}

/// The table of faults, as the fault tests print it.
pub(crate) fn faults(workspace: &Workspace) -> Result<()> {
    let tests = ["-p", "partner-messaging-wire", "--test", "faults", "--", "--nocapture"];
    run(workspace.cargo("test").args(tests))
}

/// The soak, in release mode: it is to be thousands of calls a second.
pub(crate) fn soak(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let program = ["-p", "partner-messaging-wire", "--bin", "soak", "--"];
    run(release_cargo(workspace, "run")?.args(program).args(options))
}
