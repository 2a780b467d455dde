//! The crates that are published, as cargo packages them.

use std::process::Command;

use crate::Result;
use crate::process::{output, program, run};
use crate::result::every;
use crate::workspace::Workspace;

/// In the order in which they are published: each needs only those before it.
const CRATES: [&str; 4] =
    ["partner-messaging", "partner-messaging-sandbox", "partner-messaging-journal", "partner-messaging-cli"];

/// What each has to hold besides its sources.
const NEEDED: [&str; 3] = ["LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Packages all of them, and builds each from what was packaged and from those before it.
pub(crate) fn verify(workspace: &Workspace) -> Result<()> {
    run(&mut package(workspace))?;
    check_contents(workspace)
}

/// The same without building them.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    run(package(workspace).args(["--no-verify", "--quiet"]))?;
    check_contents(workspace)
}

fn package(workspace: &Workspace) -> Command {
    let mut package = workspace.cargo("package");
    // What is packaged is the checkout as it is.
    package.arg("--allow-dirty").args(CRATES.iter().flat_map(|name| ["-p", name]));
    package
}

fn check_contents(workspace: &Workspace) -> Result<()> {
    every(CRATES.iter().map(|name| {
        let top = format!("{name}-{}", workspace.version());
        let archive = workspace.target.join("package").join(format!("{top}.crate"));
        let files = output(program("tar").arg("-tzf").arg(&archive))?;
        let missing: Vec<&str> = NEEDED
            .into_iter()
            .filter(|file| !files.lines().any(|line| line == format!("{top}/{file}")))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("the crate {name} lacks {}", missing.join(", ")))
        }
    }))
}
