//! The pages of the C and C++ headers.

use crate::Result;
use crate::files::{empty_folder, read, write};
use crate::machine::debian_package;
use crate::process::run;
use crate::workspace::Workspace;

/// Builds them under `target/doxygen`; a warning is a failure.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    debian_package("doxygen", "doxygen")?;
    let out = workspace.target.join("doxygen");
    empty_folder(&out)?;
    let mut settings = read(&workspace.root.join("bindings-c/Doxyfile"))?;
    settings.push_str(&format!("OUTPUT_DIRECTORY = {}\n", out.display()));
    settings.push_str(&format!("PROJECT_NUMBER = {}\n", workspace.version()));
    let complete = out.join("Doxyfile");
    write(&complete, &settings)?;
    run(workspace.command("doxygen").arg(complete))
}
