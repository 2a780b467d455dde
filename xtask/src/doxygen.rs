//! The pages of the C and C++ headers.

use std::fs;
use std::process::Command;

use crate::workspace::{Result, Workspace, empty_folder, output, run, write};

/// Builds them under `target/doxygen`; a warning is a failure.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    if output(Command::new("doxygen").arg("--version")).is_err() {
        return Err("doxygen is missing; get it with: apt install doxygen".to_owned());
    }
    let out = workspace.target.join("doxygen");
    empty_folder(&out)?;
    let file = workspace.root.join("bindings-c/Doxyfile");
    let mut settings = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    settings.push_str(&format!("OUTPUT_DIRECTORY = {}\n", out.display()));
    settings.push_str(&format!("PROJECT_NUMBER = {}\n", workspace.version()));
    let complete = out.join("Doxyfile");
    write(&complete, &settings)?;
    run(workspace.command("doxygen").arg(complete))
}
