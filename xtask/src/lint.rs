//! What no test runner looks at: formatting, lints, generated files.

mod imports;
pub(crate) mod layers;
mod panics;
mod readme;
mod source;

use crate::Result;
use crate::generate;
use crate::packages::crates;
use crate::process::run;
use crate::release;
use crate::result::every;
use crate::workspace::Workspace;

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let mut doc = workspace.cargo("doc");
    doc.args(["--no-deps", "-p", "partner-messaging"]).env("RUSTDOCFLAGS", "-D warnings");
    // What the fuzz targets see of the core, they compile with a flag that nothing else has.
    let mut fuzzed = workspace.cargo("rustc");
    fuzzed.args(["-p", "partner-messaging", "--lib", "--profile", "check", "--", "--cfg", "fuzzing"]);
    // Each has something of its own to tell.
    every([
        layers::check(workspace),
        panics::check(workspace),
        readme::check(workspace),
        release::places::check(&workspace.root),
        crates::check(workspace),
        generate::run(&workspace.root, true),
        run(workspace.command("cargo").args(["fmt", "--all", "--check"])),
        run(workspace.cargo("clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"])),
        run(&mut fuzzed),
        run(&mut doc),
    ])
}
