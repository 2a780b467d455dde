//! The Rust crates: formatting, lints, tests.

use crate::workspace::{Result, Workspace, run};
use crate::{header, node, readme};

/// What no test runner looks at: formatting, lints, generated files.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    run(workspace.command("cargo").args(["fmt", "--all", "--check"]))?;
    run(workspace.cargo("clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(workspace
        .cargo("doc")
        .args(["--no-deps", "-p", "partner-messaging"])
        .env("RUSTDOCFLAGS", "-D warnings"))?;
    readme::check(workspace)?;
    node::check_version(workspace)?;
    header::run(&workspace.root, true)
}

/// The packages that are tested together, so that what they share is built once.
pub(crate) const TESTED: [&str; 8] = [
    "-p",
    "partner-messaging",
    "-p",
    "partner-messaging-sandbox",
    "-p",
    "partner-messaging-wire",
    "-p",
    "partner-messaging-bench",
];

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    run(workspace.cargo("test").args(TESTED))?;
    // For the machine itself, as it was built to run.
    run(workspace.command("cargo").args(["test", "--locked", "-p", "xtask"]).env_remove("CARGO_BUILD_TARGET"))
}

/// The table of faults, as the fault tests print it.
pub(crate) fn faults(workspace: &Workspace) -> Result<()> {
    run(workspace.cargo("test").args([
        "-p",
        "partner-messaging-wire",
        "--test",
        "faults",
        "--",
        "--nocapture",
    ]))
}

/// The soak, in release mode: it is to be thousands of calls a second.
pub(crate) fn soak(workspace: &Workspace, options: &[&str]) -> Result<()> {
    let program = ["--release", "-p", "partner-messaging-wire", "--bin", "soak", "--"];
    run(workspace.cargo("run").args(program).args(options))
}
